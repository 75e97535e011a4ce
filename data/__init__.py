"""Datasets, drawings and the bundled trained models."""
