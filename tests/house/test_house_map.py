"""What the texts name is there, and every room and benchmark is named."""

import ast
import fnmatch
import re

import pytest
from project import ROOT

ROOMS = ROOT / "benchmarks"
TEXTS = [
    *("README.md", "CHANGELOG.md", "data/README.md", "benchmarks/RESULTS.md"),
    *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")),
]
PACKAGES = ("data", "engine", "guarding", "scenes", "viz3d", "benchmarks", "docs", "tests", "scripts")
FILES = [
    f"/{path.relative_to(ROOT).as_posix()}" for package in PACKAGES for path in (ROOT / package).rglob("*")
]


@pytest.mark.parametrize("text", TEXTS)
def test_each_file_and_room_that_a_text_names_is_there(text) -> None:
    words = (ROOT / text).read_text(encoding="utf-8")
    named = set(re.findall(rf"(?<![\w/.])(?:{'|'.join(PACKAGES)})/[\w/.*]+", words))
    if text == "docs/architecture.md":
        # Where a room was named just before, a file is named alone.
        named |= set(re.findall(r"`([\w/]+\.py)`", words))
    assert [name for name in sorted(named) if not fnmatch.filter(FILES, f"*/{name.strip('./')}")] == []


def test_each_method_that_the_map_names_is_one_of_its_class() -> None:
    # Lost otherwise: who follows a digit through the code stands before a name that is no more.
    words = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z]\w+)\.(\w+)`", words))
    assert len(named) > 5
    sources = [
        path.read_text(encoding="utf-8")
        for package in PACKAGES[:5]
        for path in (ROOT / package).rglob("*.py")
    ]
    for owner, member in named:
        of_class = [text for text in sources if re.search(rf"^class {owner}\b", text, re.MULTILINE)]
        assert any(re.search(rf"^    (?:def )?{member}\b", text, re.MULTILINE) for text in of_class), owner


@pytest.mark.parametrize("package", ["data", "engine", "scenes", "viz3d"])
def test_the_map_of_the_house_shows_every_room(package) -> None:
    words = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    (line,) = re.findall(rf"^    {package}/ +(.*)", words, re.MULTILINE)
    rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    shown = set(re.findall(r"\w+", line.partition(" (")[0]))
    assert rooms - shown == set()
    assert [name for name in shown - rooms if not (ROOT / package / f"{name}.py").is_file()] == []


def test_each_benchmark_is_named_in_its_own_words_or_serves_another() -> None:
    files = list(ROOMS.glob("*/*.py"))
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    imports = {
        (path.parent, name)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        for name in _imported(node)
    }
    for path, tree in trees.items():
        runs = f"python {path.relative_to(ROOT).as_posix()}" in (ast.get_docstring(tree) or "")
        assert runs or (path.parent, path.stem) in imports, path


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
