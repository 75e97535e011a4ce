"""What edits of a net have touched and changed: marks, rings around neurons, ghosts of bars and their key."""
