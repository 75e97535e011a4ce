"""The error that this package raises, and the kinds of it that a caller may tell apart."""


class DataError(ValueError):
    """A data set, image or model file that cannot be used: one line with the thing, the value and the fix."""


class NoInkError(DataError):
    """A picture without a digit."""


class CrossedOutError(DataError):
    """A picture whose only digit seems crossed out, and none was picked: pick 1 reads it."""


class SeveralDigitsError(DataError):
    """A picture of several digits, of which none was picked.

    count: how many. page: whether they are so many marks that they are as well a page of text. touch: whether
    their ink hangs together, so that pick 0 reads them as one.
    """

    def __init__(self, text: str, count: int, page: bool = False, touch: bool = False) -> None:
        super().__init__(text)
        self.count, self.page, self.touch = count, page, touch
