"""What lights the synapses is chosen in the corner, and reaches the scene, its legend and an export."""

from live_windows import PATIENCE, settled

from viz3d.session.acts.change import UseNet


def pick(window, words):
    """Choose an entry by its words, as the menu does."""
    found = []

    def search(entries):
        for entry in entries:
            if entry is None or entry[1] is None:
                continue
            if callable(entry[1]):
                if entry[0].strip(" ●") == words:
                    found.append(entry[1])
            else:
                search(entry[1])

    search(window.lighting.entries())
    found[0]()


def legend(window):
    edges = window.view._shown.edges
    return [text for row in edges._legend_rows(edges.scene.seconds) for _, _, text in row]


def test_each_choice_is_drawn_told_and_exported(window, qtbot):
    # Lost otherwise: the window shows evidence alone, and an export something else than the screen.
    pick(window, "Weights alone")
    qtbot.waitUntil(lambda: window.showing.drawn.scene.drawn.by == "weight", timeout=PATIENCE)
    assert {"weight above 0", "weight below 0"} <= set(legend(window))
    pick(window, "Warm alone")
    qtbot.waitUntil(lambda: bool((window.showing.drawn.scene.drawn.value > 0).all()), timeout=PATIENCE)
    assert "weight below 0" not in legend(window)
    look = window.exporting._look()
    assert (look.show, look.sign) == ("weight", 1)
    pick(window, "Both colours")
    pick(window, "What speaks for the answer")
    qtbot.waitUntil(lambda: window.showing.drawn.scene.drawn.by == "evidence", timeout=PATIENCE)


def test_evidence_is_for_and_against_the_classes_that_are_chosen(window, qtbot):
    answer = window.desk.session.trace.prediction
    rival = (answer + 5) % 10
    window.lighting.choose(of=rival)
    qtbot.waitUntil(lambda: f"speaks for {rival}" in legend(window), timeout=PATIENCE)
    window.lighting.choose(against=rival)  # a class is no rival of itself
    assert "cannot be its own rival" in window.message.messages[-1]
    assert window.showing.look().against is None
    pick(window, "Weight × activation")
    settled(qtbot, window)
    look = window.showing.look()
    assert (look.show, look.of, look.against) == ("contribution", None, None)
    window.lighting.choose(show="evidence")
    window.desk.do(UseNet("mlp-sigmoid"))
    settled(qtbot, window)
    assert window.showing.drawn.scene.drawn.by == "evidence"
