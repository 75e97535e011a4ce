"""Lines that are no digit's: frames and cells, ruled and squared paper, underlines."""
