"""The one error that this room raises."""


class DataError(ValueError):
    """A data set, image or model file that cannot be used: one line with the thing, the value and the fix."""
