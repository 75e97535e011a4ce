"""What the window has done beside it: each a thread with the newest wish and one signal back."""
