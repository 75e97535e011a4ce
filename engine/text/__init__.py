"""Architectures as text, for people to write and edit and for files to hold.

    input 28x28 | conv 16 5x5 relu | pool 2 | dropout 0.2 | dense 10 softmax

Layers stand one after another, the input first and the output last, each ended by "|" or by the end of its
line; "#" begins a comment. A layer is its word, its values in order, and then in any order its options, an
activation function, `dropout`, `from` and `as`:

    input 28x28                     height x width; 28x28x3 with channels; 784 for a row of neurons
    dense 128                       neurons, each of which reads the whole layer before (fc is the same)
        init uniform|normal|he      fresh weights, see engine.Dense; uniform
    conv 16 5x5                     maps, and the window: 5x5, or 5 for the same
        stride 2                    cells from one window to the next, or 2x1: two down and one across; 1
        pad same                    valid (none), same, a number of cells on each side, or 1x2: one above and
                                    below, two left and right; valid
    pool 2                          the largest of each 2x2 window, or 2x1 (maxpool is the same); stride and
                                    pad as above, but the stride is the window's size
    avgpool 2                       the mean of each window
    maxout 2                        of each 2 neurons or maps side by side the largest, as after a dense 20
    lrn 5                           local response normalisation over 5 maps
        alpha 1e-4  beta 0.75  k 1
    add stem                        the sum of the layer before and those named: a skip connection

A vision transformer, `input 28x28 | patches 7 64 | transformer 4 heads mlp 128 | head 10 softmax`:

    patches 7 64                    tokens of width 64 from patches of 7x7 pixels, with a class token ahead of
                                    them and a position added to each
        no-class  no-positions
    transformer 4 heads mlp 128     a whole block: layers block1.norm1, .query, .key, .value, .scores,
                                    .attention, .residual1, .norm2, .hidden and .residual2. Of its options
                                    there are mlp (twice the width), as (block1) and the hidden layer's
                                    activation (gelu-tanh)
    head 10                         neurons that read one token, the class token
        token 0

and what such a block is made of, for other ways to build one:

    norm                            layer normalisation of each row
        eps 1e-5
    token-dense 64                  the same dense layer for each token
        add tokens                  and the tokens of other layers added to it
    scores 4                        attention scores of 4 heads, from queries and keys: `scores 4 softmax from
                                    query key`
    attention                       what attention gathers, from scores and values: `attention from scores1
                                    value`

What every layer may say:

    relu                            an activation function: identity (which is the default), relu, leaky-relu
                                    (leaky-relu-0.2 for another slope), relu6, elu, selu, silu, mish, gelu,
                                    gelu-tanh, softplus, sigmoid, hard-sigmoid, hard-swish, tanh, hard-tanh,
                                    softsign, softmax or log-softmax. Alone between bars it belongs to the
                                    layer before
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
