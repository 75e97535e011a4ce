"""Open each page of the live window and keep a picture of it, for somebody who looks at all of them.

    python benchmarks/window/walk.py OUT [--net NAME ...] [--size 1440x900] [--scale 1] [--theme dark light]
                                         [--parts opening training ...] [--flat]

The real window, off the screen: its widgets, threads and renderer. A net is a preset, "own" (a text of one's
own), "xor", "flowers" (a table), "clothes" (ten classes by name), "letters" (26), "thousand" (1,000
classes), or a file of any kind that the window opens. Sizes are in pixels of the screen; --scale 2 is a
screen of fine pixels.
OUT/NET-SIZE-THEME/ has a picture of each page, named by what it shows; OUT/NET-SIZE-THEME-0.png ... are
contact sheets. OUT/faults.txt has what was found without eyes: words that are cut, parts and words that
overlap, text too faint, empty charts; its lines are added to those of earlier walks. The exit status is 1
where any was found.
--flat draws no neurons and strands, but all words and panels: four times as quick.
What the parts open is in walk_picks.py and walk_pages.py, what is found in walk_checks.py, the nets are in
walk_nets.py, sheets are made in walk_sheets.py.
"""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import live_window as lw


def main() -> None:
    """Walk all that was asked for."""
    asked = _asked()
    os.environ["QT_SCALE_FACTOR"] = f"{asked.scale:g}"
    out = Path(asked.out)
    out.mkdir(parents=True, exist_ok=True)
    _use_screen(out / "screen.json")
    lw.prepare()
    wide, high = (round(int(side) / asked.scale) for side in asked.size.split("x"))
    found = [
        line
        for net in asked.net
        for theme in asked.theme
        for line in walk(
            net, (wide, high), theme, out / f"{Path(net).stem}-{asked.size}-{theme}", asked.parts, asked.flat
        )
    ]
    with (out / "faults.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in found)
    print(f"{len(found)} faults, see {out / 'faults.txt'}")
    sys.stdout.flush()
    os._exit(1 if found else 0)


def _use_screen(file: Path) -> None:
    """Have a screen that is larger than the window: on Qt's own of 800x800 pixels menus move aside."""
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        screen = {"name": "walk", "x": 0, "y": 0, "width": 2600, "height": 1600, "dpr": 1}
        file.write_text(json.dumps({"screens": [{**screen, "logicalDpi": 96, "logicalBaseDpi": 96}]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
        os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")


def walk(net: str, size: tuple[int, int], theme: str, out: Path, parts: list[str], flat: bool) -> list[str]:
    """Open a window and keep its pages; return what was found."""
    import walk_checks
    from walk_pages import Pages
    from walk_sheets import sheets

    out.mkdir(parents=True, exist_ok=True)
    window, found, kept = _opened(net, size, theme, out.parent, flat), [], list[Path]()
    pages = Pages(window, out)
    for part in parts:
        try:
            for name in getattr(pages, part)():
                _settle(window)
                picture = grabbed(window)
                path = out / f"{len(kept):02d}-{name}.png"
                picture.save(str(path))
                kept.append(path)
                found += [f"{out.name} {name}: {told}" for told in walk_checks.faults(window, picture)]
        except Exception:
            found.append(f"{out.name} {part}: {traceback.format_exc()}")
            print(found[-1], flush=True)
        while (over := _popup()) is not None:
            over.close()
    window.keeping.end_at_once()
    window.close()
    sheets(kept, out.parent / out.name, float(os.environ["QT_SCALE_FACTOR"]))
    print(f"{out.name}: {len(kept)} pictures, {len(found)} faults", flush=True)
    return found


def grabbed(window: Any) -> Any:
    """The window's pixels, with what has popped up over it."""
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    picture = window.grab().toImage()
    over = [each for each in QApplication.topLevelWidgets() if each.isVisible() and each is not window]
    with QPainter(picture) as painter:
        for each in over:
            painter.drawPixmap(window.mapFromGlobal(each.pos()), each.grab())
    return picture


def _opened(net: str, size: tuple[int, int], theme: str, folder: Path, flat: bool) -> Any:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication
    from walk_nets import case

    from viz3d.live.view.scene_view import SceneView
    from viz3d.live.widgets.sheet import dress
    from viz3d.live.window import Window
    from viz3d.session.acts.change import UseNet
    from viz3d.session.acts.design import Design
    from viz3d.session.session import Session

    app = QApplication.instance() or QApplication(["viz3d"])
    dress(app, theme)
    chosen = case(net, folder)
    session = Session(UseNet(chosen.preset, chosen.model), chosen.take, chosen.data)
    settings = QSettings(str(Path(tempfile.mkdtemp()) / "live.ini"), QSettings.Format.IniFormat)
    view = SceneView(_flat()) if flat else None
    window = Window(session, settings, theme, view=view)
    if chosen.design:
        window.desk.do(Design.of(chosen.design))
    window.resize(*size)
    window.playing.begin()  # as a person finds it; what is looked at is its end
    window.show()
    lw.wait_for(window.playing.clock.isActive, 240)
    window.playing.to_end()
    lw.wait_for(lambda: lw.still(window), 240)
    return window


def _flat() -> Any:
    """A painter that knows what each picture shows, and paints its ground alone."""
    from PySide6.QtGui import QColor, QImage

    from viz3d.live.work.painter import Painter, PaintRequest, Picture

    class Flat(Painter):
        def ask(self, request: PaintRequest) -> None:
            image = QImage(*request.scene.size, QImage.Format.Format_RGB32)
            image.fill(QColor(*request.scene.theme.background))
            seconds = {"frame": 0.0, "draw": 0.0, "image": 0.0}
            self.painted.emit(Picture(image, self._frame(request), request.scene, request, seconds))

    return Flat()


def _settle(window: Any) -> None:
    """Wait until nothing is drawn any more, or a while where something goes on by itself."""
    lw.rest(0.05)
    try:
        lw.wait_for(lambda: bool(window.view._sheets) or lw.still(window), 20)
    except TimeoutError:
        if not (window.training.page.trainer.running or window.desk.busy):
            raise
    lw.rest(0.12)


def _popup() -> Any:
    from PySide6.QtWidgets import QApplication

    return QApplication.activePopupWidget()


def _asked() -> argparse.Namespace:
    from walk_pages import PARTS

    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("out")
    parser.add_argument("--net", nargs="+", default=["mlp", "cnn-draw", "vit-small", "own"])
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--theme", nargs="+", default=["dark", "light"], choices=["dark", "light"])
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    parser.add_argument("--flat", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
