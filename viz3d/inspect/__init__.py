"""`python -m viz3d.inspect`: look inside a network, and change it.

What can be found out belongs to `viz3d.findings`; here it is asked for, printed and drawn.
"""
