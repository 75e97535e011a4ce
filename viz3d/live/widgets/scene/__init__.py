"""What stands by the scene: its time, and the buttons of its camera."""
