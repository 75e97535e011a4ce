"""A training run told: progress, charts, figures, and what steers it."""
