"""
Check that the package's modules have no circular imports; run by ``make lint``.

Imports for type checkers only, and imports within functions, do not count.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOURCE: Final = Path(__file__).parents[1] / "src"


def modules(source: Path) -> dict[str, Path]:
    """Return the file of each module below *source*."""
    found = {}
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: Mapping[str, Path]) -> set[str]:
    """Return the known modules that a file imports when it is loaded."""
    found = set()
    for node in _loaded(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            # `from package import name` loads the module of that name, or the package itself.
            inner = names & known.keys()
            found |= inner if len(inner) == len(names) else {node.module, *inner}
    return found & known.keys()


def _loaded(tree: ast.Module) -> Iterator[ast.AST]:
    """Return what runs when a module is loaded: all but functions, and what type checkers read."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse if not isinstance(node.test, ast.UnaryOp) else node.body
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the sets of modules that import each other, each sorted."""
    reached = {name: _reached(name, graph) for name in graph}
    found = {
        tuple(sorted(other for other in reached[name] if name in reached[other]))
        for name in graph
        if name in reached[name]
    }
    return [list(names) for names in sorted(found)]


def _reached(start: str, graph: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph[name]
    return found


def problems(source: Path) -> str:
    """Return the circles among the files below *source*, or nothing."""
    known = modules(source)
    graph = {name: imports(path, known) - {name} for name, path in known.items()}
    return "\n".join(f"import each other: {', '.join(names)}" for names in circles(graph))


if __name__ == "__main__":
    sys.exit(problems(SOURCE) or None)
