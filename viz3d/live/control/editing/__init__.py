"""Changes of neurons, synapses and layers: sliders, menus, the line for any change."""
