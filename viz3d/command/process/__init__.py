"""The process that a command is: its signals, streams, limits, children, and how it starts."""
