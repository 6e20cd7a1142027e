"""Headers and Request-URIs in identify rows, which any sender can write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORDINARY: Final = re.compile(r"(?:[^\\.\[\](){}*+?|^$]|\\[^A-Za-z0-9])*")
"""Text at the beginning of a POSIX pattern, without special characters."""

_PATTERN_ENDS: Final = 3
"""Characters of the shortest pattern: a slash at each end, and one between."""


@attrs.frozen
class Criterion:
    """
    What a request must contain to be identified as an endpoint's.

    Attributes:
        header: Name of the header, in lower case; None for the Request-URI.
        value: The exact value, or a POSIX pattern that must match a part of the value.
        is_pattern: Whether it is a pattern.
    """

    header: str | None
    value: str
    is_pattern: bool = False

    def __str__(self) -> str:
        """Return it for a message."""
        shown = f"/{self.value}/" if self.is_pattern else self.value
        return f"{self.header or 'Request-URI'}: {shown}"

    def meets(self, other: Criterion) -> bool:
        """
        Tell whether a request may match both.

        Two different patterns are assumed not to, since they cannot be compared.
        """
        if self.header != other.header:
            return False
        if self.is_pattern is other.is_pattern:
            return self.value == other.value
        pattern, text = (self, other) if self.is_pattern else (other, self)
        return may_match(pattern.value, text.value)


def criteria(row: Any) -> Iterator[Criterion]:
    """Return the headers and Request-URI of an identify row, as Asterisk reads them."""
    name, colon, value = (row.match_header or "").partition(":")
    if colon and name.strip():
        yield _criterion(name.strip().lower(), value.strip())
    if row.match_request_uri:
        yield _criterion(None, row.match_request_uri)


def _criterion(header: str | None, value: str) -> Criterion:
    if value == "//":
        return Criterion(header, "")
    if len(value) >= _PATTERN_ENDS and value[0] == value[-1] == "/":
        return Criterion(header, value[1:-1], is_pattern=True)
    return Criterion(header, value)


def may_match(pattern: str, text: str) -> bool:
    """
    Tell whether a POSIX pattern is, or may be, found in *text*, without running it.

    Only its first part without special characters is looked for: a pattern from a database could
    run for hours.
    """
    if "|" in pattern:
        return True
    anchored = pattern.startswith("^")
    rest = pattern.removeprefix("^")
    found = _ORDINARY.match(rest)
    plain = found[0] if found else ""
    after = rest[len(plain) :]
    if after[:1] in {"*", "?", "{"}:  # the character before may be missing
        plain = plain[:-2] if plain[-2:-1] == "\\" else plain[:-1]
    literal = re.sub(r"\\(.)", r"\1", plain)
    if after == "$":
        return text == literal if anchored else text.endswith(literal)
    return text.startswith(literal) if anchored else literal in text
