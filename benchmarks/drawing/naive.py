"""How fast a film is made, against the way in which a script with PyVista alone makes it.

    python benchmarks/drawing/naive.py [--size 1280x720 1920x1080] [--preset mlp cnn-draw] [--pictures 100]

All draw the same moments of a film, when every synapse shines and the camera moves, and encode with the same
writer:
- viz3d: as the export command draws it.
- anew: the same picture by the graphics driver, with every actor removed and added again each time.
- naive: what a person writes first. For each picture the plotter gets balls, pixels, smooth lines, bars and
  texts anew with `add_mesh` and `add_text`, a mesh for each layer and each connection; no glow, no legend.
  (It knows `render=False`: without that each addition renders, and a picture takes 20 s of the processor.)
- each (with --each): the same with one actor for each synapse; one picture of it, once.

In turns by round. Prints medians of milliseconds a picture, of wall, of the processors that draw and of those
that encode, and the medians of the rounds' ratios of the first two. Of few pictures each side's start is a
good part of it.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

import data
import engine
from scenes import Scene, Stage, compose, prepare_films
from scenes.frame import Frame
from scenes.vtk import bloom, draw_lettering, ground
from viz3d.command import display
from viz3d.export.render import render
from viz3d.export.writing.writers import open_writer

Pictures = Iterator[np.ndarray]
Spent = list[NDArray[np.float64]]  # a round each: ms of wall, drawing and encoding a picture


def film(scene: Scene, times: list[float]) -> Pictures:
    """As the command draws it on two cores: one process, a second thread finishes."""
    return render(scene, times)


def anew(scene: Scene, times: list[float]) -> Pictures:
    """By the driver, with all parts built anew for each picture; Pillow finishes it."""
    loops = [(module, module.finish_loops) for module in (bloom, draw_lettering, ground)]
    try:
        for module, _ in loops:
            module.finish_loops = lambda: None
        with Stage(scene, compiled=False) as stage:
            for t in times:
                stage.window.clear()
                stage._build(scene)
                yield stage.draw(scene.frame(t))
    finally:
        for module, whole in loops:
            module.finish_loops = whole


def naive(scene: Scene, times: list[float], each: bool = False) -> Pictures:
    """With all meshes made and added anew for each picture; each: an actor for each synapse."""
    plotter = pv.Plotter(off_screen=True, window_size=list(scene.size), line_smoothing=True)
    try:
        for t in times:
            frame = scene.frame(t)
            plotter.renderer.clear_actors()
            plotter.set_background([value / 255 for value in scene.theme.background])
            add_neurons(plotter, scene, frame)
            add_synapses(plotter, scene, frame, each)
            add_bars(plotter, scene, frame)
            for caption in frame.captions:
                x, y = caption.at
                size = max(1, round(caption.size * 0.7))
                place = x, scene.size[1] - y
                plotter.add_text(
                    caption.text, position=place, font_size=size, color=caption.colour, render=False
                )
            aim(plotter, frame)
            yield plotter.screenshot(return_img=True)
    finally:
        plotter.close()


def add_neurons(plotter: pv.Plotter, scene: Scene, frame: Frame) -> None:
    """Balls, or squares for layers of cells, a mesh a layer."""
    ball = pv.Sphere(radius=1.0, theta_resolution=16, phi_resolution=16)
    for panel in scene.layout.panels:
        ids = slice(panel.start, panel.stop)
        cloud = pv.PolyData(scene.layout.positions[ids])
        cloud["rgb"], cloud["size"] = frame.neuron_rgb[ids], frame.neuron_size[ids]
        flat = scene.neurons.flat[ids].any()
        normal = np.cross(panel.right, panel.up)
        side = panel.raster.pitch * 0.9
        squares = pv.Plane(direction=normal, i_size=side, j_size=side, i_resolution=1, j_resolution=1)
        form = squares if flat else ball
        mesh = cloud.glyph(geom=form, scale=False if flat else "size", orient=False, factor=1.0)
        plotter.add_mesh(mesh, scalars="rgb", rgb=True, lighting=not flat, render=False)


def add_synapses(plotter: pv.Plotter, scene: Scene, frame: Frame, each: bool) -> None:
    """Lines with a colour and an opacity at each point, a mesh a connection."""
    for span in scene.drawn.spans:
        curves, colours = scene.drawn.curves[span], frame.synapse_rgba[span]
        if not len(curves):
            continue
        for part, rgba in zip(curves, colours, strict=True) if each else [(curves, colours)]:
            points = part.reshape(-1, 3)
            ends = np.arange(len(points)).reshape(-1, part.shape[-2])
            sizes = np.full((len(ends), 1), ends.shape[1])
            lines = pv.PolyData(points, lines=np.hstack([sizes, ends]).ravel())
            lines["rgba"] = rgba.reshape(-1, 4)
            plotter.add_mesh(lines, scalars="rgba", rgb=True, line_width=1.5, lighting=False, render=False)


def add_bars(plotter: pv.Plotter, scene: Scene, frame: Frame) -> None:
    """The bars, a mesh each."""
    corners = scene.layout.bars.quads(np.maximum(frame.bars, 0.01))
    for number, quad in enumerate(corners):
        mesh = pv.PolyData(np.asarray(quad), faces=[4, 0, 1, 2, 3])
        colour = "orange" if number == frame.prediction else "slateblue"
        plotter.add_mesh(mesh, color=colour, lighting=False, render=False)


def aim(plotter: pv.Plotter, frame: Frame) -> None:
    """Look from the film's pose."""
    camera = plotter.camera
    camera.position, camera.focal_point = tuple(frame.camera.position), frame.camera.focus
    camera.up, camera.view_angle = tuple(frame.camera.axes()[1]), frame.camera.angle
    plotter.reset_camera_clipping_range()


SIDES = {"viz3d": film, "anew": anew, "naive": naive}


def timed(pictures: Pictures, size: tuple[int, int], count: int) -> NDArray[np.float64]:
    """Milliseconds of wall, drawing and encoding a picture, for all `count` pictures."""

    def clocks() -> NDArray[np.float64]:
        encoder = resource.getrusage(resource.RUSAGE_CHILDREN)
        return np.array([time.perf_counter(), time.process_time(), encoder.ru_utime + encoder.ru_stime])

    with tempfile.TemporaryDirectory() as folder:
        begun = clocks()
        opened = open_writer(str(Path(folder) / "film.mp4"), size, 30, lambda _: None)
        with opened as write, closing(pictures):
            for picture in pictures:
                write(picture)
        return 1e3 * (clocks() - begun) / count


def compare(scene: Scene, count: int, rounds: int) -> dict[str, Spent]:
    """What each side takes, round by round."""
    times = [float(t) for t in np.linspace(scene.timeline.answer[1], scene.seconds, count)]
    results: dict[str, Spent] = {name: [] for name in SIDES}
    for draw in SIDES.values():  # drivers, shaders and loops are warm
        timed(draw(scene, times[:3]), scene.size, 3)
    for _ in range(rounds):
        for name, draw in SIDES.items():
            results[name].append(timed(draw(scene, times), scene.size, count))
    return results


def row(name: str, values: Spent, own: Spent) -> str:
    """Medians, and how many times those of viz3d they are, round by round."""
    wall, drawing, encoding = np.median(values, axis=0)
    ratios = np.median(np.array(values) / np.array(own)[: len(values)], axis=0)
    return f"| {name} | {wall:.0f} | {drawing:.0f} | {encoding:.0f} | {ratios[0]:.1f} | {ratios[1]:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", nargs="*", default=["1280x720", "1920x1080"])
    parser.add_argument("--preset", nargs="*", default=["mlp", "cnn-draw"])
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--each", action="store_true", help="with an actor for each synapse too: minutes")
    options = parser.parse_args()
    screen = display.prepare()
    prepare_films(software=screen.software)
    print(f"{screen.renderer}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ms a picture")
    print("| film | side | wall | drawing | encoder | x wall | x drawing |\n|---|---|---|---|---|---|---|")
    for preset in options.preset:
        trace = engine.load(data.model_path(preset)).trace(data.load("digits").images[3])
        for size in options.size:
            width, height = map(int, size.split("x"))
            scene = compose(trace, size=(width, height), label=3)
            results = compare(scene, options.pictures, options.rounds)
            if options.each:
                results["each"] = [timed(naive(scene, [scene.seconds], each=True), scene.size, 1)]
            for name, values in results.items():
                print(row(f"{preset} {size} | {name}", values, results["viz3d"]), flush=True)


if __name__ == "__main__":
    main()
