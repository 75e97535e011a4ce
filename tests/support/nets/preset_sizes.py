"""How large each preset is, as the docs state it."""

# Neurons, edges, parameters.
TABLE = {
    "mlp": (1_690, 566_528, 567_434),
    "mlp-sigmoid": (986, 109_184, 109_386),
    "cnn-fast": (4_174, 33_800, 6_810),
    "cnn-balanced": (6_554, 131_328, 11_738),
    "cnn-accuracy": (14_874, 1_065_984, 18_378),
    "cnn-draw": (18_650, 1_748_480, 187_226),
    "cnn-crop": (8_906, 486_688, 5_994),
    "vit-tiny": (25_954, 1_521_792, 71_946),
    "vit-small": (94_634, 11_556_096, 539_914),
}
# Edges by kind. Learned and attention are what the docs state; a normalisation links d with d neurons of each
# of 17 tokens, twice in a block, and two residual sums in a block have an identity link for each neuron.
KINDS = {
    "vit-tiny": (1_164_928, 2 * 2 * 17 * 64, 2 * 2 * 17 * 64 * 64, 73_984),
    "vit-small": (9_014_528, 4 * 2 * 17 * 128, 4 * 2 * 17 * 128 * 128, 295_936),
}
# Neurons and edges of drawings that count a flatten layer.
FLATTENED = {
    "cnn-fast": (4_850, 34_476),
    "cnn-balanced": (7_706, 132_480),
    "cnn-accuracy": (15_386, 1_066_496),
}
