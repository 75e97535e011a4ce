"""What the tests of studies share: trained nets to damage, digits to read, and the end of a study."""

import data
import engine
from engine import evaluate

NETS = {name: engine.load(data.model_path(name)) for name in ("mlp-sigmoid", "mlp", "cnn-fast", "vit-tiny")}
SMALL = NETS["mlp-sigmoid"]
DIGITS = data.load("digits", "test")
SOME = DIGITS.images[:150], DIGITS.labels[:150]


def last(steps):
    """The result of a study, whose shares must rise to 1."""
    shares, results = zip(*steps, strict=True)
    assert list(shares) == sorted(shares)
    assert shares[-1] == 1
    assert not any(results[:-1])
    return results[-1]


def accuracy(net, pair=SOME):
    return evaluate(net, *pair).accuracy
