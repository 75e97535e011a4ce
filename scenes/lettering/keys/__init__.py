"""What the legend says of neurons, strands, paint and tokens; `scenes.lettering.legend.legend` writes it."""
