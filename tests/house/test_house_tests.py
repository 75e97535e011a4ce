"""The tests themselves: each file can be run, moved, renamed or thrown away without another one noticing."""

import ast

import pytest
from project import TESTS

FILES = sorted(TESTS.rglob("*.py"))


def imported(source: str) -> set[str]:
    """Return the names of the modules that a source imports, wherever in it it does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # `from tests import test_x` imports a module too.
            found |= {node.module or "", *(alias.name for alias in node.names)}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_test_imports_another_test_module(path):
    names = {part for name in imported(path.read_text()) for part in name.split(".")}
    tests = {file.stem for file in FILES if file.stem.startswith("test_")}
    assert not names & tests, "share it in a module whose name does not begin with test_"


@pytest.mark.parametrize(
    "source", ["import test_a", "from test_a import b", "def f():\n    from tests import test_a as b"]
)
def test_such_an_import_is_seen_wherever_it_stands(source):
    assert "test_a" in imported(source)


def test_each_test_stands_in_a_room():
    # Of three hundred files in one folder nobody finds the one that holds what they change.
    assert [path.name for path in TESTS.glob("*.py")] == ["conftest.py"]


def short_waits(source: str) -> list[int]:
    """Return the lines that wait for a number of seconds of their own, in place of PATIENCE."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    given = [(each.value, node.lineno) for node in calls for each in node.keywords if each.arg == "timeout"]
    return [line for value, line in given if isinstance(value, ast.Constant) and value.value is not None]


def test_what_is_waited_for_has_all_patience():
    # A limit of its own fails a test where the machine is busy, and another one each time.
    found = {path.name: lines for path in FILES if (lines := short_waits(path.read_text()))}
    assert not found, "wait with PATIENCE of tests/support/windows/patience.py"
    assert short_waits("f(timeout=5)\nf(timeout=None)\nf(timeout=PATIENCE)\nf(x, timeout=2.0)") == [1, 4]
