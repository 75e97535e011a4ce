"""Exporting: what is chosen about a film or a picture, how far it is, and a camera that is recorded."""
