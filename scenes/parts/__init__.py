"""VTK parts that the stage owns."""
