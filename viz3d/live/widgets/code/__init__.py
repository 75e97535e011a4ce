"""The network as code: its text, and a PyTorch module."""
