"""From a foreign file's operations to a net: one form that every reader makes, and the one that reads it."""
