"""Where a digit is drawn, and what the network sees of it."""
