"""How long a test waits for what comes at once where the machine is at rest: a busy machine is no failure."""

PATIENCE = 300_000  # ms
