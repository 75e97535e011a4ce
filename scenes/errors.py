"""The error that a scene raises."""


class SceneError(ValueError):
    """Something that cannot be drawn: one line that names the thing, the value and the fix."""
