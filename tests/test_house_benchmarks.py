"""Each benchmark that a text names is there, and none lies there unnamed."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ROOT / "benchmarks"
TEXTS = [
    *("README.md", "CHANGELOG.md", "data/README.md", "benchmarks/RESULTS.md"),
    *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("text", TEXTS)
def test_each_benchmark_that_a_text_names_is_there(text) -> None:
    named = set(re.findall(r"benchmarks/[\w/]+\.\w+", (ROOT / text).read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


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
