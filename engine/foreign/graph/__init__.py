"""From a foreign file's operations to a net, whatever system wrote the file.

Each reader makes a `Program`: operations in ONNX's words, with arrays. `operations` names the function that
takes each of them; what is known on the way is a `Translation`, whose tensors are `View`s: they tell of each
of their numbers which neuron it is. `finish` makes the net of the layers that came out.
"""
