"""Compiled loops for pictures: the only room of scenes that imports Numba. It knows neither VTK nor nets.

`light` draws all of a picture where the graphics driver is software, `finish` does what is done to a picture
once it is rendered. Import them late: Numba takes half a second, and is not wanted on a graphics card.
"""
