"""Studies over a whole data set: their settings, how they are run, and what they found as values."""
