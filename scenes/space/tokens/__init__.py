"""Where the tokens of a transformer stand: where their patches lie, in decks, with the faces of attention."""
