"""How the inspector looks and reads: colours, long names, sums, what cannot be pressed, whole rows."""

from dataclasses import replace

import numpy as np
import pytest
from live_cards import CARD, rows
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import QApplication

import data
import engine
from engine import EngineError
from viz3d.findings.edited import refused_of
from viz3d.live.widgets.inspecting.neuron_card import NeuronCard, SynapseRows
from viz3d.live.widgets.inspecting.neuron_charts import _sentence
from viz3d.live.widgets.inspecting.over_data import DigitBars
from viz3d.live.widgets.inspecting.synapse_model import BAR, NAME
from viz3d.live.widgets.inspecting.synapse_table import SynapseTable, _fitting
from viz3d.live.widgets.pictures import array_of, signed
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import TEXT, font, look


def test_signed_pictures_are_warm_above_and_cool_below_nothing(qapp):
    seen = dress(qapp, "dark")
    warm, cool, none = signed(np.array([[1.0, -1.0, 0.0]]), seen.theme, (1, 2, 3))[0]
    assert warm[0] > warm[2]
    assert cool[2] > cool[0]
    assert none.tolist() == [1, 2, 3]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    "card",
    [
        CARD,
        NeuronCard("input:3,4", 0.0, kind="PIXEL"),
        replace(CARD, address="block2.attention.scores:head1,query5,key3", pushes=np.zeros(10, np.float32)),
        replace(CARD, weights=np.full((5, 5), np.nan, np.float32), excited=0.0, inhibited=0.0, total=0.0),
    ],
)
@pytest.mark.slow
def test_any_card_can_be_drawn_in_both_themes(inspector, qapp, theme, card):
    dress(qapp, theme)
    inspector.set_card(card)
    assert inspector.grab().width() >= 312
    assert look().theme.name == theme


def test_a_note_that_is_too_long_ends_between_two_numbers(inspector):
    # Lost otherwise: "it was 0.3…128" reads as another number.
    note = inspector._note
    inspector.set_card(replace(CARD, note="clamp 4.2, shift 0.25; it was 0.3811, number 1,203 of 12,168"))
    metrics, ends = note.fontMetrics(), ("clamp 4.2, shift 0.25; it was 0.3811 …", "clamp 4.2, shift 0.25 …")
    for text in (note.text(), *ends):
        note.resize(metrics.horizontalAdvance(text) + 1, note.height())
        assert note.shown() == text
    note.resize(30, note.height())
    assert metrics.horizontalAdvance(note.shown()) <= 30


def test_a_long_address_keeps_its_layer_where_its_block_has_no_room(inspector):
    metrics = QFontMetrics(font("medium", TEXT))
    room = metrics.horizontalAdvance("…residual1:10,46")
    assert _fitting(metrics, "block4.residual1:10,46", room) == "…residual1:10,46"
    assert _fitting(metrics, "hidden1:7", room) == "hidden1:7"
    assert _fitting(metrics, "block4.residual1:10,46", room - 10).endswith("1:10,46")
    names = [f"block4.residual1:{k},46" for k in range(3)]
    table, far = inspector.findChild(SynapseTable), replace(rows(3), names=names)
    wide = table.columnWidth(BAR)
    table.set_rows(far)
    assert table.columnWidth(BAR) < wide
    table.set_rows(rows(3))
    assert table.columnWidth(BAR) == wide


def test_a_sum_that_is_said_as_it_is_is_told_once():
    assert _sentence(CARD).endswith("relu(sum) = 1.18")
    # Of a bias below 0 too: it is added, and not its size taken away.
    told = {_sentence(replace(CARD, function="identity", bias=bias)) for bias in (0.13, -0.13)}
    assert told == {"excited − inhibited + bias = sum"}


def test_what_the_engine_refuses_to_do_to_a_neuron_cannot_be_pressed(inspector):
    net = engine.load(data.model_path("mlp"))
    change = inspector.change
    parts = {**change.settings, "ablate": change.silent, "freeze": change.still}
    for layer in ("input", "hidden1", "output"):
        inspector.set_card(replace(CARD, refused=refused_of(net, layer)))
        for verb, part in parts.items():
            value = "" if verb in ("ablate", "freeze") else " 0.5"
            try:
                net.mutate(f"{verb} {layer}:{'3,4' if layer == 'input' else 3}{value}")
                done = True
            except EngineError:
                done = False
            assert part.isEnabled() == done, (layer, verb)


@pytest.mark.parametrize("part", ["pushes", "means"])
def test_long_class_names_keep_to_their_bars(inspector, part):
    # Lost otherwise: names cut at both ends, which run into one another.
    names = ("a very long class name that never ends", "short", "tabby cat (domestic, orange)")
    if part == "pushes":
        widget = inspector.pushes
        inspector.set_card(replace(CARD, classes=names, pushes=np.ones(3, np.float32)))
    else:
        widget = DigitBars()
        widget.setFixedWidth(280)
        widget.set_means(np.array([0.1, 0.2, 0.3], np.float32), names)
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    values = array_of(image)[-14:].astype(int)
    step = values.shape[1] / 3
    for border in (0.0, step, 2 * step):
        between = values[:, round(border) : round(border) + 2]
        assert np.ptp(between) < 10, "letters stand out much more"


def test_of_a_pixel_what_it_sends_is_shown_and_no_sum(inspector):
    inspector.set_card(replace(CARD, kind="PIXEL", incoming=SynapseRows()))
    assert inspector.sum.isHidden()
    assert inspector._tabs[1].isChecked()
    assert inspector.table.model().rowCount() == 256
    inspector.set_card(CARD)
    assert inspector.sum.isVisible()
    assert inspector._tabs[0].isChecked()


@pytest.mark.parametrize("height", [700, 820, 833])
def test_no_row_of_the_table_is_cut(inspector, height):
    inspector.resize(312, height)
    QApplication.processEvents()
    table = inspector.table
    seen = table.mask().boundingRect()
    rows = [table.visualRect(table.model().index(k, NAME)) for k in range(30)]
    inside = [each.translated(table.viewport().pos()) for each in rows]
    assert any(seen.contains(each) for each in inside)
    assert all(seen.contains(each) or not seen.intersects(each) for each in inside)
