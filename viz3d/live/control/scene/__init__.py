"""What the scene shows and how: its film, its time, its light, from where it is seen, its export."""
