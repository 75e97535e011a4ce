"""Images altered as they are trained on: turned, moved, stretched, bent, cropped.

What is done to an image that a person brings, so that the net can read it, belongs to `data.photo`.
"""
