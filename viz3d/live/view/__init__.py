"""The scene in the window: the painter's pictures, text over them, a free camera, and what is pointed at."""
