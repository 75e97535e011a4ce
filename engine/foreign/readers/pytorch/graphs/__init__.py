"""The graphs that PyTorch writes down (TorchScript, torch.export): followed as texts, never run."""
