"""What is worked out of learned arrays once must never be of others: old weights would choose strands."""

import gc

import numpy as np

from engine import arrays
from engine.arrays import of_array


def counted():
    """A work that tells how often it was done."""
    done = []

    def work(array):
        done.append(len(array))
        return array.sum()

    return work, done


def fixed(values):
    values.flags.writeable = False
    return values


def test_of_what_cannot_be_written_it_is_worked_out_once():
    work, done = counted()
    array = fixed(np.arange(4.0))
    assert of_array(array, work) == of_array(array, work) == 6
    assert done == [4]


def test_of_what_can_be_written_it_is_worked_out_each_time():
    work, done = counted()
    array = np.arange(4.0)
    assert of_array(array, work) == 6
    array[0] = 10
    assert of_array(array, work) == 16
    assert done == [4, 4]


def test_of_a_closed_view_of_what_can_be_written_it_is_worked_out_each_time():
    work, _ = counted()
    below = np.arange(4.0)
    view = fixed(below[:])
    assert of_array(view, work) == 6
    below[0] = 10
    assert of_array(view, work) == 16


def test_it_goes_with_the_array():
    work, _ = counted()
    array = fixed(np.arange(4.0))
    of_array(array, work)
    before = len(arrays._KEPT)
    del array
    gc.collect()
    assert len(arrays._KEPT) == before - 1
