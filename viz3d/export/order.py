"""An order: a shot to make a file of, in a folder for another process. No pickle: nothing in it runs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from engine import Net
from scenes import Look, Orbit, Pauses, Recording, Shot, shoot
from viz3d.export.config import Output
from viz3d.export.halves import stopping_at

_NET, _ARRAYS, _WORDS = "net.npz", "arrays.npz", "order.json"
_LOOK = tuple(field.name for field in fields(Look) if field.name != "paint")
View = tuple[tuple[int, int], tuple[float, float, float, float]]
"""The size of a picture, and the part of it that the net is to fill, in pixels."""


@dataclass(frozen=True, kw_only=True)
class ShotOutput(Output):
    """A file to make of a shot.

    Attributes:
        recorded: seconds of the recording that the film follows, None where it follows none.
    """

    recorded: float | None = None

    @cached_property
    def pauses(self) -> Pauses:
        """Where it stops; a recording goes at its own time."""
        return super().pauses if self.recorded is None else Pauses(self.recorded)


@dataclass(frozen=True, eq=False)
class Order:
    """What is shown, from where, and the file that it goes to.

    Attributes:
        output: the file, and the look of its pictures.
        net: the network, with its edits.
        image: uint8 (28, 28), what it reads.
        camera, view, selected, before: see `scenes.shoot`; view is its `seen`.
    """

    output: ShotOutput
    net: Net
    image: NDArray[np.uint8]
    camera: Orbit | Recording | None = None
    view: View | None = None
    selected: str = ""
    before: NDArray[np.float32] | None = None

    def shot(self) -> Shot:
        """What is filmed. Raises EngineError or SceneError."""
        return shoot(
            self.net.trace(self.image),
            self.output.look,
            camera=self.camera,
            seen=self.view,
            selected=self.selected,
            before=self.before,
        )

    def write(self, folder: Path) -> None:
        """Write it into an empty folder. EngineError where the disk is full or the like."""
        engine.save(self.net, folder / _NET, packed=False)
        arrays: dict[str, NDArray[Any]] = {"image": self.image}
        if self.before is not None:
            arrays["before"] = self.before
        if isinstance(self.camera, Recording):
            arrays["camera"] = self.camera.as_array()
        np.savez(folder / _ARRAYS, **arrays)  # type: ignore[arg-type]
        output = {field.name: getattr(self.output, field.name) for field in fields(self.output)}
        words = {
            "output": output | {"look": {name: getattr(self.output.look, name) for name in _LOOK}},
            "selected": self.selected,
            "view": self.view,
            "pose": asdict(self.camera) if isinstance(self.camera, Orbit) else None,
        }
        (folder / _WORDS).write_text(json.dumps(words), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Order":
        """The order in a folder. EngineError or SceneError where it is damaged."""
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        output, view, pose = words["output"], words["view"], words["pose"]
        look = output.pop("look")
        output["look"] = Look(**look | {"size": tuple(look["size"])})
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            held = dict(arrays)
        net, asked = engine.load(folder / _NET), ShotOutput(**output)
        return cls(
            output=stopping_at(asked, net) if asked.stops_by_name else asked,
            net=net,
            image=held["image"],
            camera=_camera(pose, held),
            view=None if view is None else (tuple(view[0]), tuple(view[1])),
            selected=words["selected"],
            before=held.get("before"),
        )


def _camera(pose: Mapping[str, Any] | None, held: Mapping[str, NDArray[Any]]) -> Orbit | Recording | None:
    if "camera" in held:
        return Recording.of(held["camera"])
    return None if pose is None else Orbit(**{**pose, "focus": tuple(pose["focus"])})
