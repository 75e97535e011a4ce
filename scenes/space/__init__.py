"""Places: where neurons stand, what the camera sees, how a page is divided.

Nothing here depends on an image; colours belong to `scenes.light`.
"""
