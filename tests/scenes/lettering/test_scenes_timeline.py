"""The beats of a film: each layer fires in its turn, and what is told of it can be read."""

import numpy as np
import pytest

import data
import engine
from scenes.motion.timeline import plan


@pytest.mark.parametrize("preset", data.bundled_models())
def test_what_is_told_is_told_for_long_enough(preset) -> None:
    # Lost otherwise: of a transformer's tokens and of its output a sentence and a subtitle flash by unread.
    net = engine.load(data.model_path(preset))
    line, depth = plan(net, 11.5), net.graph.depths
    first = [line.fires[name] for name, at in depth.items() if at == 1]
    assert line.pulses[0][1] - line.pulses[0][0] >= 0.6
    assert min(first) - line.fires["input"] >= 0.6
    assert line.fires["output"] - max(at for name, at in line.fires.items() if name != "output") >= 0.6
    in_turn = np.array([line.fires[name] for name in sorted(depth, key=depth.__getitem__)])
    assert (np.diff(in_turn) >= 0).all()
    assert line.fires["output"] <= line.bars[0] + 1e-9


def test_the_way_back_takes_each_step_for_as_long_a_part_as_the_way_there() -> None:
    line = plan(engine.load(data.model_path("vit-tiny")), 11.5)
    there = [end - start for start, end in line.pulses]
    back = [end - start for start, end in line.backs]
    np.testing.assert_allclose(np.array(back) / back[0], np.array(there) / there[0], rtol=1e-6)
