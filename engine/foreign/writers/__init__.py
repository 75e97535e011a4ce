"""Writers of foreign files: a net in the words of another system."""
