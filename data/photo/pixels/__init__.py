"""What is done to pixels and masks, and knows of no digit."""
