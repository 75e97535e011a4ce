"""The one error of this room: something that the person at the keyboard can mend."""


class UserError(Exception):
    """What is wrong, the value and the fix, in one line. The command line shows it and ends with status 2."""
