"""What the commands share: start and end, options, checks, output, display, signals, progress, wording.

Nothing here knows what any one command does.
"""
