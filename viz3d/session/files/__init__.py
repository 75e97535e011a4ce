"""Sessions and networks as files: stored, done again, saved."""
