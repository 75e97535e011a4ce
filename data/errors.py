"""The error that this package raises, and the kinds of it that a caller may tell apart."""


class DataError(ValueError):
    """A data set, image or model file that cannot be used: one line with the thing, the value and the fix."""


class NoPictureError(DataError):
    """A file that is no picture, of no kind that is known."""


class NoInkError(DataError):
    """A picture without a digit."""


class DoubtfulError(DataError):
    """A picture whose only ink is hardly a digit to be read, and none was picked: pick 1 reads it.

    what, why: of what in the picture something is told, and what.
    """

    what, why = "the ink", "is doubtful"


class CrossedOutError(DoubtfulError):
    """Its only digit seems crossed out."""

    what, why = "the digit", "seems crossed out"


class UnlikeDigitsError(DoubtfulError):
    """What is seen in it is like no digit: light and shade, a shape, scribble, a thing."""

    what, why = "what is seen", "looks like no digit"


class TooPaleError(DoubtfulError):
    """Beside its only digit is something so pale that it may be another, or none."""

    what, why = "what is beside the digit", "is too pale to tell whether it is another"


class SeveralDigitsError(DataError):
    """A picture of several digits, of which none was picked.

    fix: what is to be done. count: how many. page: whether they are so many marks that they are as well a
    page of text. touch: whether their ink hangs together, so that pick 0 reads them as one. also: what else
    is to be told, as that one is much paler; empty where nothing is. name: of the picture, where it has one.
    """

    def __init__(
        self,
        fix: str,
        count: int,
        *,
        page: bool = False,
        touch: bool = False,
        also: str = "",
        name: str = "",
    ) -> None:
        self.fix, self.count, self.page, self.touch, self.also = fix, count, page, touch, also
        super().__init__(f"{name}{': ' * bool(name)}{self.seen}; {fix}")

    @property
    def seen(self) -> str:
        """What is seen, such as "3 digits are seen, number 2 much paler than the rest"."""
        if self.page:
            return f"a page of some {self.count} letters or digits is seen"
        return f"{self.count} digits{' that touch' * self.touch} are seen{', ' * bool(self.also)}{self.also}"

    def named(self, name: str) -> "SeveralDigitsError":
        """The same of a picture that has a name."""
        return SeveralDigitsError(
            self.fix, self.count, page=self.page, touch=self.touch, also=self.also, name=name
        )
