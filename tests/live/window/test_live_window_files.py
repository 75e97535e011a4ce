"""What is brought to the live window, and what is saved: bad files, networks, pasted pictures."""

from types import SimpleNamespace

import numpy as np
from live_windows import PATIENCE, drop, refusals, select, settled, steps
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

import data
import engine
from viz3d.live.control.keeping.kinds import pasted
from viz3d.live.control.keeping.opening import OpeningControl
from viz3d.live.widgets.pictures import colour_image, grey_image


def bad_files(folder):
    """Ten files that are neither a network nor a picture of a digit; two of them are not there."""
    files = []
    for name in ("a.npz", "b.npz", "c.png", "d.jpg", "e.txt", "f", "g.npz", "h.pdf"):
        files.append(folder / name)
        files[-1].write_bytes(f"no {name}".encode())
    np.savez(files[0], weights=np.ones(3))
    return [*files, folder / "gone.npz", folder / "gone.png"]


def test_ten_bad_files_give_ten_lines_and_the_net_is_kept(window, qtbot, tmp_path):
    net, digit = window.desk.session.net, window.desk.session.digit
    for file in bad_files(tmp_path):
        drop(window, file)
    # They are read beside the window.
    qtbot.waitUntil(lambda: len(refusals(window)) == 10, timeout=PATIENCE)
    assert all(text and "\n" not in text for text in window.message.messages)
    assert sum("gone.npz" in text for text in refusals(window)) == 1
    assert window.message.isVisible()
    assert window.desk.session.net is net
    assert window.desk.session.digit is digit
    assert steps(window) == []


def test_files_that_are_dropped_together_are_all_told(window, qtbot, tmp_path):
    drop(window, *bad_files(tmp_path))
    qtbot.waitUntil(lambda: len(refusals(window)) == 10, timeout=PATIENCE)


def test_a_net_that_is_dropped_reads_the_same_digit(window, qtbot, untrained):
    image = window.desk.session.digit.image
    drop(window, untrained)
    qtbot.waitUntil(lambda: bool(refusals(window)), timeout=PATIENCE)
    (told,) = refusals(window)
    assert f"python -m viz3d statistics --model {untrained}" in told
    assert window.desk.session.net.name == "mlp-sigmoid"
    assert window.top.networks.text() == "untrained.npz"
    assert window.desk.session.digit.image is image
    settled(qtbot, window)
    window.desk.undo()
    assert window.desk.session.net.name == "mlp"


def test_a_neuron_of_another_net_waits_for_that_nets_scene(window, qtbot, untrained):
    select(window, "hidden2:255")
    drop(window, untrained)
    qtbot.waitUntil(lambda: bool(refusals(window)), timeout=PATIENCE)
    told = list(window.message.messages)
    settled(qtbot, window)
    window.desk.undo()
    window.view.set_time(1.0)
    window.view.update()
    assert window.view.selected == -1
    settled(qtbot, window)
    net = window.desk.session.net
    assert window.view.selected == net.offset("hidden2") + 255
    window.actions_by_name["back"].trigger()
    assert window.message.messages == told


def test_a_net_that_cannot_be_drawn_or_answers_no_digit_is_refused(window, qtbot, tmp_path):
    net = engine.build("input 28x28 | dense 4 softmax", np.random.default_rng(0))
    engine.save(net, tmp_path / "four.npz")
    before = window.desk.session.net
    drop(window, tmp_path / "four.npz")
    qtbot.waitUntil(lambda: any("4 classes" in words for words in window.message.messages), timeout=PATIENCE)
    assert window.desk.session.net is before


def test_a_picture_that_is_pasted_is_read_and_one_from_the_net_is_not_there(window):
    ink = np.full((300, 200), 255, np.uint8)
    ink[40:260, 95:115] = 0
    brought = QMimeData()
    brought.setImageData(grey_image(ink))
    assert window.opening.take(brought)
    assert steps(window) == ["a drawing"]
    assert window.desk.session.trace.prediction == 1
    told = len(window.message.messages)
    ink[:] = 255
    QGuiApplication.clipboard().setImage(grey_image(ink))
    window.actions_by_name["paste"].trigger()
    (why,) = window.message.messages[told:]
    assert "the picture: no ink" in why, "and not that there is no picture, or of an array that nobody knows"
    far = QMimeData()
    far.setUrls([QUrl("https://example.org/four.png")])
    window.opening.take(far)
    assert "https://example.org/four.png" in window.message.messages[-1]


def test_a_picture_is_pasted_in_colour_where_the_net_reads_colours(qapp, tmp_path):
    # Lost otherwise: a photo that is copied has to be saved as a file before such a net reads it.
    photo = np.random.default_rng(1).integers(0, 256, (12, 19, 3), np.uint8)
    Image.fromarray(photo).save(tmp_path / "photo.png")
    seen, taken, said = pasted(colour_image(photo), colour=True), [], []
    assert np.array_equal(seen, photo)
    net = engine.build("input 6x5x3 | dense 3 softmax", np.random.default_rng(0))
    desk = SimpleNamespace(
        session=SimpleNamespace(net=net), do=taken.append, said=SimpleNamespace(emit=said.append)
    )
    OpeningControl._take_picture(SimpleNamespace(_desk=desk), colour_image(photo))
    (act,) = taken
    assert np.array_equal(act.picture, data.read_picture(tmp_path / "photo.png", (6, 5), colour=True))
    assert not said


def test_of_a_pasted_picture_of_several_digits_each_paste_takes_the_next_as_of_a_file(window):
    # Lost otherwise: of a screenshot of a number no digit is read, though its file would be.
    known = window.desk.session.images()
    places = [known.example(label, window.desk.session.net.watch) for label in (0, 7)]
    row = np.full((140, 320), 255, np.uint8)
    for k, place in enumerate(places):
        row[14:126, 20 + 160 * k : 132 + 160 * k] = 255 - np.kron(
            known.images[place], np.ones((4, 4), np.uint8)
        )
    QGuiApplication.clipboard().setImage(grey_image(row))
    for turn in (0, 1, 0):
        window.actions_by_name["paste"].trigger()
        assert window.desk.session.trace.prediction == known.labels[places[turn]]
        told = f"the picture: 2 digits are seen; this is number {turn + 1}: paste it again for the next"
        assert window.message.messages[-1] == told
    struck = np.full((200, 200), 255, np.uint8)
    struck[30:170, 92:108] = 0
    across = np.arange(20, 180)
    for thick in range(-6, 7):
        struck[across, np.clip(across + thick, 0, 199)] = 0
        struck[across, np.clip(199 - across + thick, 0, 199)] = 0
    QGuiApplication.clipboard().setImage(grey_image(struck))
    before = window.desk.session.digit
    window.actions_by_name["paste"].trigger()
    assert window.message.messages[-1].endswith("and is read all the same")
    assert window.desk.session.digit is not before


def test_the_net_is_saved_with_its_edits(window, tmp_path):
    window.command.entered.emit("ablate hidden1:17")
    window.writing.save_net(tmp_path / "changed.npz")
    assert [str(edit) for edit in engine.load(tmp_path / "changed.npz").edits] == ["ablate hidden1:17"]
    nowhere = tmp_path / "no such folder"
    for save, name in (
        (window.writing.save_net, "changed.npz"),
        (window.writing.save_session, "evening.viz3d"),
        (window.writing.save_script, "session.txt"),
        (window.saving.save, "digit.png"),
    ):
        save(nowhere / name)
        told = window.message.messages[-1]
        assert told.startswith(f"cannot write {nowhere / name}: there is no folder")
        assert told.endswith(("choose another name", "choose another place")), "a window has no options"
    window.writing.save_script(tmp_path / "session.txt")
    assert "mutate ablate hidden1:17" in (tmp_path / "session.txt").read_text().splitlines()
