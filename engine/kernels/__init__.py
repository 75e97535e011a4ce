"""Compiled loops and the threads that they run on: the only room that imports Numba.

It knows arrays, neither blocks nor nets. Modules that compile are imported where they are first called, for
Numba takes a while to load.
"""
