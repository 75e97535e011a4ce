"""What an inspection found, as pictures."""
