"""What came of a command that was disturbed."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """One run.

    at: how it was disturbed: seconds after its start, or bytes of its disk. status: what it ended with.
    outputs: what each is now, see `Job.found`. wrong: what may not be.
    """

    at: float
    status: int | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """In a word: "wrong", or whether its outputs are "new" or, all of them, what was there "before"."""
        if self.wrong:
            return "wrong"
        return "new" if "new" in self.outputs.values() else "before"


KINDS = ("before", "new", "wrong")
