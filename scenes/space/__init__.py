"""Places: where neurons stand, and how a page is divided.

Nothing here depends on an image; colours belong to `scenes.light`.
"""
