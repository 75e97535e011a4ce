"""All layers on one page: of each its facts, its histogram and its values as pictures."""
