"""What a facade says of what it cannot use; known to all other packages, it knows none of them."""

from guarding.kinds import checked, guard
from guarding.words import in_a_line, no_path

__all__ = ["checked", "guard", "in_a_line", "no_path"]
