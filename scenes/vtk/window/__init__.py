"""The window that is never seen, the driver behind it, and what VTK draws in it: lines, clouds, surfaces."""
