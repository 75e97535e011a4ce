"""PyVista's plotter, imported without what it never uses here."""

from scenes.vtk.window.later import put_off

with put_off():
    from pyvista import Plotter


class OffscreenPlotter(Plotter):  # type: ignore[misc]  # PyVista is not read by mypy
    """PyVista's plotter, of which nothing holds itself alive once it is closed."""

    def reset_key_events(self) -> None:
        """PyVista calls this before it puts another interactor style in place of its first.

        The first would be left holding itself: what it observes are its own methods.
        """
        super().reset_key_events()
        # PyVista 0.45 calls it before there is one, and has no style yet then.
        if (iren := getattr(self, "iren", None)) is not None:
            iren.style.RemoveAllObservers()
