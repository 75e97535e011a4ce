"""A neuron told: its sum, its synapses, what it pushes, and what changes it."""
