"""Readers of foreign files: each makes operations of one format, as data, and runs nothing of it."""
