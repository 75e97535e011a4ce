"""How well a network reads, tested on a data set: as words, as a picture and as a file."""
