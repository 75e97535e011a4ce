"""Arrays that lie one behind another in memory are summed up as one; others as they are."""

from __future__ import annotations

import numpy as np

from engine.arrays import add_columns, end_to_end, in_one_piece, like


def test_arrays_made_alike_lie_one_behind_another():
    made = like({"a": np.ones((2, 3), np.float32), "b": np.ones(4, np.float32)})
    made["a"][...] = [[0, 1, 2], [3, 4, 5]]
    flat = end_to_end(list(made.values()))
    assert flat.tolist() == [0, 1, 2, 3, 4, 5, 0, 0, 0, 0]
    flat[6] = 7
    assert made["b"][0] == 7


def test_arrays_in_one_piece_begin_where_vectors_like_it_and_share_nothing():
    made = in_one_piece({"a": 3, "b": 17, "none": 0, "c": 5}, np.float32)
    assert {name: len(array) for name, array in made.items()} == {"a": 3, "b": 17, "none": 0, "c": 5}
    for number, array in enumerate(made.values()):
        assert array.ctypes.data % 64 == 0
        array.fill(number + 1)
    assert [set(array.tolist()) for array in made.values()] == [{1.0}, {2.0}, set(), {4.0}]


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


def test_columns_get_all_that_is_added_to_them_in_its_order():
    for count in (2, 40):
        place = np.random.default_rng(0).integers(0, 4, count)
        amount = np.random.default_rng(1).standard_normal((5, count)).astype(np.float32)
        sums, expected = np.ones((5, 6), np.float32), np.ones((5, 6), np.float32)
        for e in range(count):
            expected[:, place[e]] += amount[:, e]
        add_columns(sums[:, :6], place, amount)
        assert np.array_equal(sums, expected)
