"""All that is written into a picture: words, names of layers, captions, cards, legend, what edits changed.

It places text and says what it means; drawing it belongs to `scenes.vtk`.
"""
