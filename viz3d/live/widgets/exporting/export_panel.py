"""The card on which a film or a picture is chosen: what, how large, from where, and into which file."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from viz3d.live.widgets.exporting.choice import Choice
from viz3d.live.widgets.icons import IconButton, MenuButton
from viz3d.live.widgets.leavable import Leavable
from viz3d.live.widgets.menu import Menu
from viz3d.live.widgets.parts import button, label
from viz3d.live.widgets.style import SIDE_PANEL, TEXT, font

_ENDINGS = (
    (".mp4", "MP4", "A film for players and slides"),
    (".webm", "WebM", "A film for web pages"),
    (".mov", "MOV", "A film for editors: ProRes 422 HQ"),
    (".gif", "GIF", "A film of 256 colours that moves anywhere"),
    ("", "Frames", "A folder of PNG files, one for each frame"),
)
_CAMERAS = (
    ("screen", "On screen", "From where you look now"),
    ("film", "Film's", "It starts close to the digit and draws back"),
    ("recorded", "Recorded", ""),
)
SIZES = (
    ("1280x720", "720p"),
    ("1920x1080", "1080p"),
    ("3840x2160", "4K"),
    ("1080x1080", "square"),
    ("1080x1920", "portrait"),
    ("640x360", "small"),
)
_KINDS = (("film", "Film", "From the digit to the answer"), ("picture", "Picture", "One moment, as a PNG"))
THEMES = (
    ("dark", "Dark", "For screens"),
    ("light", "Light", "For slides and paper"),
    ("high-contrast", "High contrast", "What tells something stands out strongly"),
    ("colour-blind", "Colour-blind", "Nothing is told apart by red and green"),
)
"""Key, name and tip of each: the help menu calls them alike."""
_LANGUAGES = (
    ("en", "English", "What the picture and its subtitles speak"),
    ("de", "Deutsch", "Was das Bild und seine Untertitel sprechen"),
    ("es", "Español", "Lo que hablan la imagen y sus subtítulos"),
)
_NAMES = 52  # px of the column of names
_ROOMY = 640  # px of height from which on the rows stand further apart


@dataclass(frozen=True)
class ExportChoice:
    """What a person chose; nothing of it is checked.

    Attributes:
        film: a film, or one picture.
        ending: of the file's name, "" for a folder of frames.
        size: such as "1280x720".
        theme: name of one of scenes.THEMES.
        camera: "screen", "film" or "recorded".
        out: the file.
        hold: seconds that a film stays on its last picture, as they were typed.
        stops: where it stops and for how many seconds, as they were typed: "hidden1=2 bars=3", or "2".
        subtitles: whether to write what happens beside a film.
        title, caption: the headline, and the line under it, in place of the usual ones; "" for those.
        language: its code.
    """

    film: bool
    ending: str
    size: str
    theme: str
    camera: str
    out: str
    hold: str = ""
    stops: str = ""
    subtitles: bool = False
    title: str = ""
    caption: str = ""
    language: str = "en"


class ExportPanel(Leavable):
    """The choices, as values. Signals: `wanted` an ExportChoice; `file_wanted` a dialog for its name.

    The file's ending and the kind of output follow each other.
    """

    wanted = Signal(object)
    file_wanted = Signal()
    opaque = True  # the card beneath does not show through

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(SIDE_PANEL)
        self.setAccessibleName("Export")
        self.what = Choice(_KINDS, "What")
        self.ending = Choice(_ENDINGS, "Kind of film", across=3)
        self.theme = Choice(THEMES, "Theme", across=2)
        self.camera = Choice(_CAMERAS, "Camera")
        self.language = Choice(_LANGUAGES, "Language")
        self.title, self.caption = _field("The headline"), _field("A line under it")
        for field in (self.title, self.caption):
            field.setPlaceholderText("the usual one")
            field.returnPressed.connect(self._start)
        self.pixels, self.file = _field("Width x height, pixels"), _field("Where it goes")
        self.hold = _field("Seconds that the film stays on its last picture")
        self.hold.setPlaceholderText("seconds")
        self.stops = _field("Where the film stops to be talked about: hidden1=2 bars=3, or 2 at each layer")
        self.stops.setPlaceholderText("none, or layer=seconds")
        self.subtitles = button("Subtitles", "Also write what happens, beside the film: .srt", checkable=True)
        self.error = label("", "wrong")
        self.error.setWordWrap(True)
        self.start = button("Export", "Make the file while the window goes on", "primary")
        self._close = IconButton("close", "Close (Esc)")
        self._fill(QVBoxLayout(self))
        self.what.chosen.connect(lambda _key: self._follow())
        self.ending.chosen.connect(lambda _key: self._follow())
        self.start.clicked.connect(self._start)
        self._close.clicked.connect(self.hide)
        self.file.returnPressed.connect(self._start)
        self.pixels.returnPressed.connect(self._start)
        for field in (self.hold, self.stops):
            field.returnPressed.connect(self._start)
        self.file.textEdited.connect(lambda _text: self.set_error(""))
        self.hide()

    @property
    def choice(self) -> ExportChoice:
        """What is chosen."""
        film = self.what.value == "film"
        return ExportChoice(
            film=film,
            ending=self.ending.value if film else ".png",
            size=self.pixels.text().strip(),
            theme=self.theme.value,
            camera=self.camera.value,
            out=self.file.text().strip(),
            hold=self.hold.text().strip(),
            stops=self.stops.text().strip(),
            subtitles=self.subtitles.isChecked(),
            title=self.title.text().strip(),
            caption=self.caption.text().strip(),
            language=self.language.value,
        )

    def open_for(self, what: str, out: str, theme: str) -> None:
        """Show it for a "film" or a "picture", with a file's name without its ending, and a theme."""
        self.what.set_value(what)
        self.theme.set_value(theme)
        self.file.setText(out)
        if not self.pixels.text():
            self.pixels.setText(SIZES[1][0])
        self._follow()
        self.show()
        self.raise_()
        self.start.setFocus()

    def set_file(self, out: str) -> None:
        """Name the file; its kind follows from its ending."""
        ending = Path(out).suffix.lower()
        if ending == ".png":
            self.what.set_value("picture")
        elif ending in (known for known, _, _ in _ENDINGS):
            self.what.set_value("film")
            self.ending.set_value(ending)
        self.file.setText(out)
        self._follow()

    def set_error(self, words: str) -> None:
        """Say what is wrong; with "" nothing is."""
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _follow(self) -> None:
        """Let the file's ending be that of its kind."""
        choice = self.choice
        for part in (self.ending, self.hold, self.stops, self.subtitles):
            part.setEnabled(choice.film)
        name = Path(choice.out)
        known = (".png", *(ending for ending, _, _ in _ENDINGS if ending))
        if choice.out and name.suffix.lower() in (*known, ""):
            self.file.setText(str(name.with_suffix(choice.ending)))
        self.set_error("")

    def _start(self) -> None:
        self.set_error("")
        self.wanted.emit(self.choice)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let all rows have their height, and an error its lines."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        self._space(column)
        super().resizeEvent(event)

    def _space(self, column: QVBoxLayout) -> None:
        apart = 8 if self.height() >= _ROOMY else 4
        column.setContentsMargins(16, apart + 4, 16, 2 * apart)
        column.setSpacing(apart)

    def _fill(self, column: QVBoxLayout) -> None:
        self._space(column)
        head = QHBoxLayout()
        head.addWidget(label("EXPORT", "section"), 1)
        head.addWidget(self._close)
        column.addLayout(head)
        sizes = MenuButton("", "Sizes that are often asked for")
        sizes.setFixedWidth(34)
        menu = Menu(self)
        for size, name in SIZES:
            entry = menu.addAction(f"{size.replace('x', ' × ')}\t{name}")
            entry.triggered.connect(lambda _on, of=size: self.pixels.setText(of))
        sizes.setMenu(menu)
        more = button("…", "Choose the file")
        more.setAccessibleName("Choose the file")
        more.setFixedWidth(34)
        more.clicked.connect(lambda _on: self.file_wanted.emit())
        rows: tuple[tuple[str, tuple[QWidget, ...]], ...] = (
            ("What", (self.what,)),
            ("Kind", (self.ending,)),
            ("Size", (self.pixels, sizes)),
            ("Theme", (self.theme,)),
            ("Camera", (self.camera,)),
            ("Title", (self.title,)),
            ("Line", (self.caption,)),
            ("Speaks", (self.language,)),
            ("Stops", (self.stops,)),
            ("Hold", (self.hold, self.subtitles)),
            ("File", (self.file, more)),
        )
        for name, widgets in rows:
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(label(name, "soft", _NAMES))
            for each in widgets:
                row.addWidget(each, 1 if each is widgets[0] else 0)
            column.addLayout(row)
        column.addWidget(self.error)
        column.addWidget(self.start)
        column.addStretch(1)  # it covers the inspector, which would read on below it


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setFont(font("regular", TEXT))
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field
