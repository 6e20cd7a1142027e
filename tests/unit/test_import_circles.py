"""The tool that finds circles of imports finds them, and the package has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.import_circles import SOURCE, problems

if TYPE_CHECKING:
    from pathlib import Path

CIRCLE = "import each other: house.one, house.two"


@pytest.mark.parametrize(
    ("two", "reported"),
    [
        ("from house.one import name", CIRCLE),
        ("from house import one", CIRCLE),
        ("import house.one", CIRCLE),
        ("try:\n    import house.one\nexcept ImportError:\n    pass", CIRCLE),
        ("try:\n    pass\nexcept ImportError:\n    import house.one", CIRCLE),
        ("try:\n    pass\nfinally:\n    import house.one", CIRCLE),
        ("for _ in (1,):\n    import house.one", CIRCLE),
        ("while True:\n    import house.one\n    break", CIRCLE),
        ("with open(__file__):\n    import house.one", CIRCLE),
        ("match 1:\n    case 1:\n        import house.one", CIRCLE),
        ("class Early:\n    import house.one", CIRCLE),
        ("if True:\n    class Early:\n        from house.one import name", CIRCLE),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.one", ""),
        ("def late():\n    import house.one", ""),
        ("async def late():\n    import house.one", ""),
        ("class Early:\n    def late(self):\n        import house.one", ""),
        ("import one", ""),
    ],
)
def test_a_circle_is_reported(tmp_path: Path, two: str, reported: str) -> None:
    """Only of what is imported when a file is loaded."""
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").touch()
    (house / "one.py").write_text("from house import two\n")
    (house / "two.py").write_text(f"{two}\n")

    assert problems(tmp_path) == reported


def test_the_package_has_none() -> None:
    """Each file can be read before those that need it."""
    assert problems(SOURCE) == ""
