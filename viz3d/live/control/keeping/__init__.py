"""Files and sessions: opened, saved, kept."""
