"""What Qt draws over the painter's picture: its texts at the edges and at places in space, frames and lines."""
