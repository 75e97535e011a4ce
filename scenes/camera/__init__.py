"""The camera: poses, its way through a film, what a hand does with it, and what is drawn at a pixel.

It sees what `scenes.space` places; nothing here depends on an image.
"""
