"""VTK parts that the stage owns: each builds its actor once and rewrites its arrays in place."""
