"""A pair: two scenes side by side in one film, such as a net before and after an edit, in step."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from engine import Net, Trace
from scenes.camera.orbit import Orbit
from scenes.composing import check_trace, compose, given
from scenes.errors import SceneError
from scenes.frame import PairFrame
from scenes.lettering.captions import settle_card
from scenes.lettering.card.exhibit import Corner
from scenes.lettering.card.places import rank
from scenes.lettering.edited.changes import Changed, changed, key_box, with_changes
from scenes.look import Look, PairChanges, named
from scenes.scene import Scene
from scenes.site import Site, stopping
from scenes.space.page import Box, page
from scenes.texts import catalogue

_Story = list[tuple[float, str]]


@dataclass(frozen=True, eq=False, repr=False)
class Pair:
    """Two scenes of equal size and length; stacked: the left one stands above the right one.

    told: what the right one tells of how it differs from the left one, None for nothing.
    Plain arrays: it can be pickled to a worker process.
    """

    left: Scene
    right: Scene
    stacked: bool = False
    told: Changed | None = None

    def __repr__(self) -> str:
        return f"<Pair of {self.left!r} {'above' if self.stacked else 'beside'} {self.right!r}>"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture in pixels."""
        width, height = self.left.size
        return (width, 2 * height) if self.stacked else (2 * width, height)

    @property
    def seconds(self) -> float:
        """Length of the film."""
        return self.left.seconds

    def frame(self, t: float, pose: Orbit | None = None) -> PairFrame:
        """What both show at time t in seconds, from a pose or from the film's own; see Scene.frame."""
        left, right = self.left.frame(t, pose), self.right.frame(t, pose)
        after = self.right
        if self.told is not None and not after.bare:
            sheet = page(after.size, after.layout.orientation.name == "portrait", after.painted)
            right = with_changes(
                right,
                self.told,
                after.layout,
                after.theme,
                after.timeline,
                sheet,
                after.probabilities,
                after.words.texts,
            )
        return PairFrame(left.t, left, right)

    def dissolve(self, t: float) -> float:
        """Share of the last picture in that at time t; see Clip."""
        return self.left.dissolve(t)

    def still(self) -> "Pair":
        """The same pair without its last picture at its beginning; see Clip."""
        return replace(self, left=self.left.still(), right=self.right.still())

    def beats(self) -> list[tuple[float, str]]:
        """All that happens in both, in step, and in which where it is in one alone; see Clip."""
        told = self._told(self.left.beats(), self.right.beats())
        return [(at, text) for at, texts in told for text in texts]

    def story(self) -> list[tuple[float, str]]:
        """What is said of both, in step, a line for each where they differ; see Clip."""
        told = self._told(self.left.story(), self.right.story(), lasting=True)
        return [(at, "\n".join(texts)) for at, texts in told]

    def _told(self, *stories: _Story, lasting: bool = False) -> Iterator[tuple[float, list[str]]]:
        """The moments of the halves' stories and what is told at each, once where it is the same of both.

        lasting: what was told of one before is told again where the other goes on.
        """
        titles = self.left.words.title, self.right.words.title
        # What comes within the same millisecond comes at once.
        halves = [{round(at, 3): text for at, text in story} for story in stories]
        moments = {round(at, 3): at for story in stories for at, _ in story}
        now = ["", ""]
        for key, at in sorted(moments.items()):
            now = [half.get(key, last if lasting else "") for half, last in zip(halves, now, strict=True)]
            each = [f"{title}: {text}" for title, text in zip(titles, now, strict=True) if text]
            yield at, now[:1] if now[0] == now[1] else each


@named
def compose_pair(
    before: Trace,
    after: Trace,
    look: Look | None = None,
    *,
    titles: tuple[str, str] | None = None,
    site: Site | None = None,
    **changes: Unpack[PairChanges],
) -> Pair:
    """Make a film of one digit's way through two nets, side by side or in a tall picture stacked.

    The arguments are those of `compose`; `size` is that of the whole picture. The headlines are "Before" and
    "After" in the picture's language, what was done to both is told of the left one alone, and marks tell
    what has changed. Two nets of which neither was made of the other have their own titles and no such marks:
    those of other layers, and all that are given `titles`. The site is that of a half.

    Where both nets have one layout, both cameras go one way, so that only what differs looks different.

    Raises:
        SceneError: a look has no field of that name, a value cannot be drawn.
    """
    check_trace(before)
    check_trace(after)
    look = given(look).changed(**changes)
    half, stacked = _half(look.size)
    apart = titles is not None or not _akin(before.net, after.net)
    if titles is None:
        texts = catalogue(look.language)
        titles = texts.say("headline.before"), texts.say("headline.after")
        if apart:
            titles = texts.name(before.net.title), texts.name(after.net.title)
    look = look.changed(pause=stopping(look, before.net, after.net))
    try:
        looks = [look.changed(size=half, title=title) for title in titles]
    except SceneError as error:
        raise SceneError(f"of each half, {error}") from None
    left = compose(before, looks[0], site=site)
    right = compose(after, looks[1], site=left.site, since=() if apart else before.net.history)
    told = None if apart else changed(before, after)
    if left.numbers and right.numbers:
        # So that the longer bar is the larger number, in whichever half.
        scale = np.concatenate([left.probabilities, right.probabilities])
        left, right = replace(left, scale=scale), replace(right, scale=scale)
    return Pair(*_cards_alike(left, right, told), stacked, told)


def _akin(before: Net, after: Net) -> bool:
    """Whether one net may have been made of the other: by training, by edits, or by surgery."""
    told = len(before.history)
    return before.layers == after.layers or (
        len(after.history) > told and after.history[:told] == before.history
    )


def _cards_alike(left: Scene, right: Scene, told: Changed | None) -> tuple[Scene, Scene]:
    """Both scenes with their cards, if they can, in the same place of each.

    That of the right one keeps clear of the key to what has changed. A card that would show less than the
    lesser of both stays where it is.
    """
    key = [] if told is None or right.bare else [_key_of(right, told)]
    right = _with_card(right, key) if key else right
    shown = left.words.exhibit, right.words.exhibit
    corners = [each.place.corner for each in shown if each is not None and each.place is not None]
    if len(corners) < len(shown) or corners[0] == corners[1]:
        return left, right
    moved = _with_card(left, [], corners[1]), right
    other = left, _with_card(right, key, corners[0])
    best = max((moved, other), key=_least_card)
    return best if _least_card(best) >= _least_card((left, right)) else (left, right)


def _least_card(scenes: tuple[Scene, Scene]) -> float:
    return min(rank(each.words.exhibit) for each in scenes)


def _key_of(after: Scene, told: Changed) -> Box:
    sheet = page(after.size, after.layout.orientation.name == "portrait", after.painted)
    return key_box(told, sheet, after.theme, after.words.texts)


def _with_card(scene: Scene, besides: list[Box], corner: Corner | None = None) -> Scene:
    """The scene with its card clear of these boxes, see `settle_card`."""
    if scene.words.exhibit is None:
        return scene
    view = scene.site.last_view(scene.theme)
    return replace(scene, words=settle_card(scene.words, view, besides, corner))


def _half(size: tuple[int, int]) -> tuple[tuple[int, int], bool]:
    """The size of each half in pixels, and whether they are stacked."""
    width, height = size
    stacked = height > width
    if (height if stacked else width) % 2:
        raise SceneError(f"{max(size)} pixels cannot be halved between two scenes: give an even number")
    return ((width, height // 2), True) if stacked else ((width // 2, height), False)
