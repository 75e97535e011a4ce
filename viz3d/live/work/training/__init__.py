"""The trainer: a run in a thread of its own, what it tells, and what is examined of it."""
