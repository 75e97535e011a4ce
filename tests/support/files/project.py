"""Where the project's folders are, from whatever room a test stands in."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
ROOT = TESTS.parent
FOREIGN = TESTS / "foreign"
GOLDEN = TESTS / "golden"
WINDOWS = TESTS / "support" / "windows"
