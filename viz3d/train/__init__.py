"""`python -m viz3d.train`: train a network, go on with one, compare trainers.

How a network is trained belongs to `engine.training`; here it is asked for, watched, stopped and saved.
"""
