"""Training, and the sheets beside it."""
