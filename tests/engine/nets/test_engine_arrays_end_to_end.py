"""Arrays that lie one behind another in memory are summed up as one; others as they are."""

from __future__ import annotations

import numpy as np

from engine.arrays import end_to_end, like


def test_arrays_made_alike_lie_one_behind_another():
    made = like({"a": np.ones((2, 3), np.float32), "b": np.ones(4, np.float32)})
    made["a"][...] = [[0, 1, 2], [3, 4, 5]]
    flat = end_to_end(list(made.values()))
    assert flat.tolist() == [0, 1, 2, 3, 4, 5, 0, 0, 0, 0]
    flat[6] = 7
    assert made["b"][0] == 7


def test_the_flat_array_is_no_larger_than_what_lies_in_it():
    base = np.arange(10.0)
    assert end_to_end([base[2:4], base[4:6].reshape(1, 2)]).tolist() == [2, 3, 4, 5]


def test_arrays_that_lie_otherwise_have_no_flat_array():
    base, table = np.arange(12.0), np.ones((3, 4))
    for arrays in (
        [],
        [np.ones(3)],
        [base[:2], base[3:5]],
        [base[2:4], base[:2]],
        [base[:2], np.ones(2)],
        [base[:2], base[2:8:2]],
        [base[:4].reshape(2, 2).T],
        [table[:1]],
    ):
        assert end_to_end(arrays) is None
