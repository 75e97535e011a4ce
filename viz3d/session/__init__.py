"""A network that reads a digit, and what a person does to it.

It prints nothing and knows no terminal and no window: shells and windows are fronts of it.
"""
