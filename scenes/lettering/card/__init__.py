"""The card in the foot: what it shows, and where it stands."""
