"""What a digit's ink is made of, several digits that touch or an outline alone; what sheet it is on."""
