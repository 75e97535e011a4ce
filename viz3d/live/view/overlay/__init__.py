"""What Qt draws over the painter's picture: texts at the edges and at places in space, frames and lines."""
