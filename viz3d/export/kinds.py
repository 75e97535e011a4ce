"""The kinds of output, each chosen by the ending of its name. Nothing here brings what writes them."""

from pathlib import Path

from viz3d.command.errors import UserError

FOLDER = "folder"
VIDEO_KINDS = (".mp4", ".webm", ".mov")
KINDS = (*VIDEO_KINDS, ".gif", ".png", FOLDER)
CLEAR_KINDS = (".mov", ".webm", ".png", FOLDER)  # what can be seen through


def kind_of(out: str) -> str:
    """The kind of output that the name `out` asks for, one of KINDS."""
    if out == "-":
        raise UserError(f"cannot write {out!r}: what is drawn goes to a file, not to a pipe: name a film.mp4")
    if out.endswith(("/", "\\")):
        return FOLDER
    path = Path(out)
    ending = path.suffix.lower() or FOLDER
    if ending not in KINDS or path.name.lower() in KINDS:
        known = ", ".join(KINDS[:-1])
        raise UserError(f"cannot write {out!r}: the endings are {known}, or none for a folder of PNG files")
    return ending


def even_size(size: tuple[int, int]) -> tuple[int, int]:
    """A video's size: its colours cover 2 x 2 pixels, so an odd one gets its last column or row twice."""
    return size[0] + size[0] % 2, size[1] + size[1] % 2
