"""Text arrives at Asterisk as it was given, or is refused."""

from __future__ import annotations

import pytest

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values.cells import ESCAPED, LITERAL, check_text, codec_for


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ("a;b", "a^3Bb"),
        ("a^b", "a^5Eb"),
        ("^3B", "^5E3B"),
        (" a ", "^20a^20"),
        ("  a b  ", "^20^20a b^20^20"),
        ("Größe €", "Größe €"),
    ],
)
def test_escaped_cells(text: str, cell: str) -> None:
    """What the servers' drivers would split, decode or trim is written as upper-case hex."""
    assert ESCAPED.encode(text) == cell
    assert ESCAPED.decode(cell) == text


def test_lower_case_hex_is_read() -> None:
    """Cells that other programs wrote are read as most drivers read them."""
    assert ESCAPED.decode("a^3bb^5e") == "a;b^"


def test_a_lone_caret_is_left() -> None:
    """A caret that begins no escape is what it is."""
    assert ESCAPED.decode("a^b ^") == "a^b ^"


@pytest.mark.parametrize("text", ["a;b", "a^3Bb", " x "])
def test_literal_cells(text: str) -> None:
    """res_config_sqlite3 decodes nothing, so nothing is encoded for it."""
    assert LITERAL.encode(text) == text
    assert LITERAL.decode(text) == text


@pytest.mark.parametrize(
    ("dialect", "codec"),
    [("sqlite", LITERAL), ("postgresql", ESCAPED), ("mysql", ESCAPED), ("mariadb", ESCAPED)],
)
def test_the_dialect_decides(dialect: str, codec: object) -> None:
    """Each database is read by its own driver of Asterisk."""
    assert codec_for(dialect) is codec


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "not text"),
        (5, "not text"),
        ("", "empty"),
        ("  ", "empty"),
        ("a\nb", "control"),
        ("a\rb", "control"),
        ("a\tb", "control"),
        ("a\0b", "control"),
        ("a\x7fb", "control"),
        ("a\x85b", "control"),
        ("a\ud800b", "control"),
    ],
)
def test_what_no_cell_holds(value: object, problem: str) -> None:
    """Text that would be cut, split or vanish on the way is refused."""
    with pytest.raises(InvalidValueError, match=problem):
        check_text(value, "field", length=40)


def test_empty_text_where_it_means_something() -> None:
    """An application without arguments has empty ones."""
    assert check_text("", "field", length=5, empty=True) == ""
    with pytest.raises(InvalidValueError):
        check_text("  ", "field", length=5, empty=True)


def test_the_stored_length_counts() -> None:
    """Each ``;`` and ``^`` takes three characters of the column."""
    assert check_text("ab;", "field", length=5) == "ab;"
    with pytest.raises(InvalidValueError, match=r"6 characters as stored.*column holds 5"):
        check_text("abc;", "field", length=5)


def test_a_secret_is_not_shown() -> None:
    """A refused password is not in the message."""
    with pytest.raises(InvalidValueError) as caught:
        check_text("hush\n", "password", length=5, secret=True)

    assert "hush" not in str(caught.value)
