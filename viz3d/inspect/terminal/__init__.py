"""What an inspection found, as words and small pictures in a terminal."""
