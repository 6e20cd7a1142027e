"""How Asterisk's and unixODBC's configuration files are spelt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    Pairs = Mapping[str, object] | Iterable[tuple[str, object]]


def comment(text: str) -> str:
    """Return *text* as comment lines."""
    return "".join(f"; {line}".rstrip() + "\n" for line in text.strip().splitlines())


def section(name: str, pairs: Pairs = (), *, arrow: str = "=") -> str:
    """Return one section of an Asterisk file; a pair whose value is ``None`` is left out."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    lines = [f"{key} {arrow} {escape(spell(value))}\n" for key, value in items if value is not None]
    return f"[{name}]\n" + "".join(lines)


def spell(value: object) -> str:
    """Return *value* as text: ``yes`` or ``no`` for a bool."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def escape(text: str) -> str:
    r"""
    Return *text*, escaped for the reader of Asterisk's configuration files.

    A ``;`` would start a comment; the reader drops the one backslash right before it and
    leaves all others alone (``main/config.c``, ``process_text_line``).
    """
    return text.replace(";", r"\;")
