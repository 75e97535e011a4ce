"""Which network, digit and edits a command works on: those that were named, and whether they fit."""
