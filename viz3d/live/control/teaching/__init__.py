"""Help: the lessons, the hints, the keys."""
