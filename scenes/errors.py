"""The error that a scene raises."""


class SceneError(ValueError):
    """Something that cannot be drawn: one line that names the thing, the value and the fix."""


class NoSuchFieldError(SceneError, TypeError):
    """A keyword that no picture has: Python's own error for it, as well."""
