"""Architectures as text, for people to write and edit and for files to hold.

    input 28x28 | conv 16 5x5 relu | pool 2 | dropout 0.2 | dense 10 softmax

Layers stand one after another, the input first and the output last, each ended by "|" or by the end of its
line; "#" begins a comment. A layer is its word, its values in order, and then in any order its options, an
activation function, `dropout`, `from` and `as`:

    input 28x28                     height x width; 28x28x3 with channels; 784 for a row of neurons
    dense 128                       neurons, each of which reads the whole layer before (fc is the same)
        init uniform|normal|he      fresh weights, see engine.Dense; uniform
    conv 16 5x5                     maps, and the window: 5x5, or 5 for the same
        stride 2                    cells from one window to the next; 1
        pad same                    valid (none), same, or a number of cells on each side; valid
    pool 2                          the largest of each 2x2 window (maxpool is the same); stride and pad as
                                    above, but the stride is the window's size
    avgpool 2                       the mean of each window
    maxout 2                        of each 2 neurons or maps side by side the largest, as after a dense 20
    lrn 5                           local response normalisation over 5 maps
        alpha 1e-4  beta 0.75  k 1

    relu                            an activation function, any of engine.activations.activations(); identity.
                                    Alone between bars it belongs to the layer before
    dropout 0.2                     this share of the layer's neurons is silent in each training step. Alone
                                    between bars it belongs to the layer before
    as stem                         the layer's name. Without it: hidden1, conv1, pool2...; the last is output
    from stem                       what it reads, in place of the layer before; it must stand before it

`read` gives the layers, `write` the canonical text of layers: one line, each thing said only where it is not
the default, dropout as a segment of its own. read(write(layers)) == layers, titles of one's own left out.
Words are known in any case (ReLU), names are as they are written.
"""

from engine.text.read import read
from engine.text.source import ArchitectureError
from engine.text.write import write

__all__ = ["ArchitectureError", "read", "write"]
