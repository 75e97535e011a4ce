"""`python -m viz3d.inspect --shell`: the same as a conversation."""
