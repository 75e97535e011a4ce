"""Drawing with VTK: the stage and its parts, the only room that imports VTK and PyVista.

Each part builds its actor once and rewrites its arrays in place. What a picture shows is decided before: here
frames are drawn, and nothing is worked out of a net.
"""
