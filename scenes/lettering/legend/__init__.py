"""The legend: colours of neurons and synapses, and how many are drawn of how many."""
