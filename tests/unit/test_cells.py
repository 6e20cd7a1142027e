"""Text arrives at Asterisk as it was given, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.cells import ESCAPED, LITERAL, ODBC, check_text, codec_for


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


READ = [
    ("a^3bb^5e", ("a;b^",)),
    ("a^b ^", ("a^b ^",)),
    ("50^ off", ("50^ off",)),
    ("a;b;c", ("a", "b", "c")),
    ("x;", ("x",)),
    (";x", ("x",)),
    (" ; ;", ()),
    ("", ()),
    ("  ", ()),
    ("  lead;  mid  ;trail\t\n", ("  lead", "  mid", "trail")),
    ("^20lead and trail^20", (" lead and trail ",)),
    ("one^0Atwo", ("one\ntwo",)),
    ("ab^00cd;ef", ("ab", "ef")),
    ("^C3^A9", ("é",)),
    ("^c3^A9", ("é",)),
    ("^C3", ("\ufffd",)),
    ("^5E41", ("^41",)),
    ("^5E^33B", ("^3B",)),
    ("a^3B;b^3B", ("a;", "b;")),
    ("Größe €^3B", ("Größe €;",)),
]
"""Cell -> what Asterisk reads by res_config_pgsql."""


@pytest.mark.parametrize(("cell", "values"), READ)
def test_cells_of_other_programs(cell: str, values: tuple[str, ...]) -> None:
    """Split, trimmed on the right, then decoded as bytes."""
    assert ESCAPED.values(cell) == values
    if not any(hexes in cell for hexes in ("^3b", "^5e", "^c3")):
        assert ODBC.values(cell) == values


@pytest.mark.parametrize(
    ("cell", "values"), [("a^3bb", ("a^3bb",)), ("^c3^A9", ("^c3\ufffd",)), ("^c3", ("^c3",))]
)
def test_odbc_knows_upper_case_alone(cell: str, values: tuple[str, ...]) -> None:
    """As res_config_odbc decodes it."""
    assert ODBC.values(cell) == values


@pytest.mark.parametrize("cell", ["a;b", "a^3Bb", " x ", "a^00b"])
def test_sqlite_decodes_nothing(cell: str) -> None:
    """Empty, a cell is not set; at a zero byte it ends."""
    assert LITERAL.values(cell) == (cell,)
    assert LITERAL.values("") == LITERAL.values("\0b") == ()
    assert LITERAL.values("a\0b") == ("a",)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_what_is_written_is_read(text: str) -> None:
    """By both ways to read a cell, of a value and of a name."""
    for codec in (ESCAPED, ODBC, LITERAL):
        cell = codec.encode(text)

        assert codec.values(cell) == (text,)
        assert codec.decode(cell) == text


@given(st.text("^;35BEb20 a"), st.text("^;35BEb20 a"))
def test_a_part_of_a_text_is_a_part_of_its_cell(text: str, more: str) -> None:
    """However the two meet."""
    assert ESCAPED.part(text) in ESCAPED.part(more + text + more)
    assert (
        ESCAPED.encode(more + "|" + text + "|")
        in f"{ESCAPED.encode(more + '|')}{ESCAPED.part(text)}|"
    )


@pytest.mark.parametrize("text", ["a;b", "a^3Bb", " x "])
def test_literal_cells(text: str) -> None:
    """res_config_sqlite3 decodes nothing, so nothing is encoded for it."""
    assert LITERAL.encode(text) == text
    assert LITERAL.decode(text) == text


@pytest.mark.parametrize(
    ("dialect", "codec"),
    [("sqlite", LITERAL), ("postgresql", ESCAPED), ("mysql", ODBC), ("mariadb", ODBC)],
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
    with pytest.raises(ValidationError, match=problem):
        check_text(value, "field", length=40)


def test_empty_text_where_it_means_something() -> None:
    """An application without arguments has empty ones."""
    assert check_text("", "field", length=5, empty=True) == ""
    with pytest.raises(ValidationError):
        check_text("  ", "field", length=5, empty=True)


def test_the_stored_length_counts() -> None:
    """Each ``;`` and ``^`` takes three characters of the column."""
    assert check_text("ab;", "field", length=5) == "ab;"
    with pytest.raises(ValidationError, match=r"6 characters as stored.*column holds 5"):
        check_text("abc;", "field", length=5)


def test_a_secret_is_not_shown() -> None:
    """A refused password is not in the message."""
    with pytest.raises(ValidationError) as caught:
        check_text("hush\n", "password", length=5, secret=True)

    assert "hush" not in str(caught.value)
