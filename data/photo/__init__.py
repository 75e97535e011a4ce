"""A picture of one digit, drawn or photographed, becomes 28x28 as MNIST's digits did.

Here belongs whatever finds the ink in a picture and places it; whole data sets belong to `data.sets`.
"""
