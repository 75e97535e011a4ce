"""What layers are called, and what is said of each as it fires."""
