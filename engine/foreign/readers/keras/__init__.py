"""Keras's models, and TensorFlow.js's, which have the same configuration."""
