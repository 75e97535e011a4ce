"""Compiled loops over tokens: attention, patch embeddings, and rows one by one."""
