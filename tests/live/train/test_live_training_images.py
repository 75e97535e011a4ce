"""Which images are learned from, and how many: what is chosen in the panel's menu."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from viz3d.live.training.shown import source
from viz3d.session.images import Images


def test_images_are_chosen_in_the_menu(desk):
    source = desk.page.panel.source
    quick = next(act for act in source.menu().actions() if act.text() == "500 images, 200 tests")
    quick.trigger()
    assert desk.page._counts == (500, 200)
    assert source.text() == "500 images, 200 tests, these weights"
    assert [field.text() for field in source.fields] == ["500", "200"]
    next(act for act in source.menu().actions() if act.text() == "All images and tests").trigger()
    assert desk.page._counts == (0, 0)
    assert source.text() == "all images, these weights"


def test_more_images_than_there_are_is_told(desk, qtbot):
    # Lost otherwise: who asks for 70,000 of 60,000 believes that he has them.
    desk.page._count(99_999, 100)
    with qtbot.waitSignal(desk.page.said) as said:
        desk.press(desk.page.panel.step_button)
    assert said.args[0].endswith("; UCI digits has 1,287 to learn from: all are taken")
    qtbot.waitUntil(
        lambda: desk.run.step > 0
    )  # the first one may compile for longer than a thread's end is awaited


def test_in_the_menu_tab_leads_from_one_number_to_the_other(desk, qtbot):
    source = desk.page.panel.source
    source.menu().popup(source.mapToGlobal(source.rect().bottomLeft()))
    images, tests = source.fields
    images.setFocus()
    images.selectAll()
    qtbot.waitUntil(images.hasFocus)
    QTest.keyClicks(images, "250")
    QTest.keyClick(images, Qt.Key.Key_Tab)
    assert tests.hasFocus()
    QTest.keyClicks(tests, "50")
    QTest.keyClick(tests, Qt.Key.Key_Backtab)
    assert images.hasFocus()
    source.menu().close()
    assert desk.page._counts == (250, 50)


def test_rows_of_numbers_are_not_called_images():
    train = Images().load("xor", "train")
    assert source(train, 0, None, "")[0] == f"XOR, {len(train.labels)} examples, these weights"
    assert source(None, 1, 2, "examples") == ("1 example, new weights, seed 2",)


def test_the_tests_that_were_chosen_are_told_where_there_is_room():
    # Lost otherwise: 98 % of 200 tests reads as 98 % of the 10,000.
    train = Images().load("xor", "train")
    whole, *less = source(train, 0, None, "", 200)
    images = f"{len(train.labels)} examples"
    assert whole == f"XOR, {images}, 200 tests, these weights"
    assert less == [f"{images}, 200 tests, these weights", f"{images}, these weights"]
