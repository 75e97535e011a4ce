"""What layers are called, what is said of each as it fires, and what is said of the answer."""
