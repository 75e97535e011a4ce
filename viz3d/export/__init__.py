"""`python -m viz3d.export`: a film, GIF, still or folder of frames of one digit.

Here belongs the way from options to a finished file; what a picture shows belongs to `scenes`.
"""
