"""Scenes: a trace becomes frames."""
