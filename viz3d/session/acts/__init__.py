"""The acts, a subject a file: each is a value that reads a line of text and writes it again, see `registry`.

An act takes a moment of a session (`viz3d.session.state`) and returns the next one.
"""
