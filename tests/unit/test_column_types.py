"""Each column type gives back what was assigned, on every database, and refuses the rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import pytest
from netaddr import IPAddress, IPNetwork
from sqlalchemy import Interval, literal, make_url, select

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.base import AST_BOOL_LABELS
from asterisk_realtime.models.cdr import Cdr
from asterisk_realtime.models.moments import Moment
from asterisk_realtime.models.types import (
    AstString,
    Bool,
    Cell,
    Choice,
    ChoiceList,
    CommaList,
    Int,
    NativeBool,
    NetworkList,
    NumberBool,
    SecretString,
    SecretText,
)
from asterisk_realtime.models.variables import VariableList
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.values.cells import codec_for
from asterisk_realtime.values.choices import (
    DigestAlgorithm,
    IncomingCallOfferPref,
    OutgoingCallOfferPref,
    T38Ec,
)

DIALECTS = {
    name: make_url(f"{name}://").get_dialect()()
    for name in ("sqlite", "postgresql+psycopg", "mysql+pymysql")
}
every_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


class Color(StrEnum):
    """A closed set for these tests."""

    RED = "red"
    DARK_BLUE = "dark_blue"


BOOL = Bool("ast_bool_values", AST_BOOL_LABELS)
COLOR = Choice(Color, "colors")
MOMENT = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - as the tables keep it
NET = IPNetwork("54.172.60.0/30")

ROUND_TRIPS: list[tuple[Cell[Any], Any]] = [
    (AstString(40), "a;b^c ^3B"),
    (AstString(40), " Zoë "),
    (AstString(40, empty=True), ""),
    (AstString(), "long " * 100 + "."),
    (SecretString(80), "s;^ecret\"'"),
    (CommaList(80), ("sip:a;transport=tls", "b^")),
    (NetworkList(80), (NET, IPNetwork("2001:db8::/32"), "host.example.com", "1.2.3.4:5060")),
    (VariableList(80), ("A=1;2^3",)),
    (COLOR, Color.DARK_BLUE),
    (ChoiceList(Color, 40), (Color.DARK_BLUE, Color.RED)),
    (BOOL, True),
    (BOOL, False),
    (NativeBool(), True),
    (NumberBool(), False),
    (Int(), -5),
    (Moment(), MOMENT),
    (Int(minimum=0), 2**31 - 1),
]


def loaded(kind: Cell[Any], cell: object, dialect: Any) -> Any:
    """Return the value of a cell as the driver gives it."""
    return kind.load(cell, codec_for(dialect.name))


@every_dialect
@pytest.mark.parametrize(("kind", "value"), ROUND_TRIPS, ids=lambda thing: type(thing).__name__)
def test_round_trip(kind: Cell[Any], value: Any, dialect: Any) -> None:
    """What is read back is what was assigned, of the same type."""
    cell = kind.process_bind_param(kind.check(value, "t.c"), dialect)

    assert loaded(kind, cell, dialect) == value
    assert type(loaded(kind, cell, dialect)) is type(kind.check(value, "t.c"))


@every_dialect
@pytest.mark.parametrize("kind", [kind for kind, _ in ROUND_TRIPS], ids=lambda k: type(k).__name__)
def test_none_is_null(kind: Cell[Any], dialect: Any) -> None:
    """None stays None both ways: Asterisk's default."""
    assert kind.process_bind_param(None, dialect) is None
    processor: Any = kind.dialect_impl(dialect).result_processor(dialect, None)
    assert processor(None) is None


@pytest.mark.parametrize(
    ("kind", "value", "literal", "escaped"),
    [
        (AstString(40), "a;b^", "a;b^", "a^3Bb^5E"),
        (SecretString(40), " p;", " p;", "^20p^3B"),
        (CommaList(80), ("sip:a;lr", "b"), "sip:a;lr,b", "sip:a^3Blr,b"),
        (NetworkList(80), (NET, "a.example"), "54.172.60.0/30,a.example", None),
        (VariableList(80), ("A=1;2",), "A=1;2", "A=1^3B2"),
        (ChoiceList(Color, 40), (Color.RED, Color.DARK_BLUE), "red,dark_blue", None),
        (COLOR, Color.RED, "red", None),
        (BOOL, True, "yes", None),
        (BOOL, False, "no", None),
    ],
)
def test_cells(kind: Cell[Any], value: object, literal: str, escaped: str | None) -> None:
    """Only the servers' cells are escaped: their drivers split and decode, SQLite's does not."""
    cells = {name: kind.process_bind_param(value, it) for name, it in DIALECTS.items()}

    assert cells["sqlite"] == literal
    assert cells["postgresql+psycopg"] == cells["mysql+pymysql"] == (escaped or literal)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (MOMENT, "'2026-01-05 10:00:00'"),
        (MOMENT + timedelta(microseconds=5), "'2026-01-05 10:00:00.000005'"),
    ],
)
def test_sqlite_keeps_a_moment_as_asterisk_writes_it(moment: datetime, text: str) -> None:
    """A whole second has no fraction: as text, ``10:00:00`` comes before ``10:00:00.000000``."""
    statement = select(literal(moment, Moment()))
    options = {"literal_binds": True}

    assert text in str(statement.compile(dialect=DIALECTS["sqlite"], compile_kwargs=options))


def test_moments_can_be_reckoned_with() -> None:
    """What is added to a moment is a span of time and no moment."""
    column = Cdr.start + timedelta(hours=1)

    assert isinstance(column.right.type, Interval)


def test_variables_are_separated_by_what_servers_split() -> None:
    """Several variables fit into one cell on the servers alone."""
    pair = ("A=1;2", "B=3")

    for name in ("postgresql+psycopg", "mysql+pymysql"):
        cell = VariableList().process_bind_param(pair, DIALECTS[name])
        assert cell == "A=1^3B2;B=3"
        assert loaded(VariableList(), cell, DIALECTS[name]) == pair
    for kind, name in ((VariableList(), "set_var"), (VariableList(name="setvar"), "setvar")):
        with pytest.raises(ValidationError, match="res_config_sqlite3") as caught:
            kind.process_bind_param(pair, DIALECTS["sqlite"])
        assert caught.value.field == name


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (AstString(5), 5, "not text"),
        (AstString(5), "", "None for Asterisk's default"),
        (AstString(5), "a\n", "control"),
        (AstString(5), "abc;", "6 characters as stored"),
        (CommaList(80), "a,b", "not a list"),
        (CommaList(80), 5, "not a list"),
        (CommaList(80), (), "empty list"),
        (CommaList(80), ("a,b",), "each element"),
        (CommaList(80), (" a",), "each element"),
        (CommaList(80), ("a", ""), "empty text"),
        (CommaList(80), ("a", None), "not text"),
        (CommaList(5), ("ab;", "c"), "7 characters as stored"),
        (NetworkList(80), "10.0.0.1", "not a list"),
        (NetworkList(80), NET, "not a list"),
        (NetworkList(80), ("1.2.3.4,5.6.7.8",), "each element"),
        (NetworkList(17), (NET, NET), "29 characters"),
        (VariableList(80), ("A",), "NAME=value"),
        (VariableList(80), ("=1",), "NAME=value"),
        (COLOR, "green", "one of red, dark_blue"),
        (COLOR, "RED", "one of"),
        (COLOR, None, "one of"),
        (COLOR, ["red"], "one of"),
        (ChoiceList(Color, 40), ("red", "green"), "one of"),
        (ChoiceList(Color, 40), "red", "not a list"),
        (BOOL, "yes", "True nor False"),
        (BOOL, 1, "True nor False"),
        (NativeBool(), "t", "True nor False"),
        (NumberBool(), 1, "True nor False"),
        (Int(), "5", "whole number"),
        (Int(), 5.0, "whole number"),
        (Int(), True, "whole number"),
        (Int(), 2**31, "out of range"),
        (Int(minimum=0), -1, "out of range"),
    ],
)
def test_wrong_values(kind: Cell[Any], value: object, problem: str) -> None:
    """The refusal names the column and the way out."""
    with pytest.raises(ValidationError, match=problem) as caught:
        kind.check(value, "ps_endpoints.column")

    assert caught.value.field == "ps_endpoints.column"
    assert caught.value.hint


@pytest.mark.parametrize("value", ["yes", "Yes", "TRUE", "true", "on", "1", "t", "y", " yes "])
def test_true_is_read_in_each_spelling(value: str) -> None:
    """As ``main/utils.c`` reads it."""
    assert loaded(BOOL, value, DIALECTS["sqlite"]) is True


@pytest.mark.parametrize("value", ["no", "off", "0", "f", "enabled"])
def test_everything_else_is_false(value: str) -> None:
    """Asterisk takes a typing error for no."""
    assert loaded(BOOL, value, DIALECTS["sqlite"]) is False


def test_lists_of_other_programs() -> None:
    """Blanks around elements and empty elements count for nothing, as for Asterisk."""
    load = partial(loaded, CommaList())

    assert load(" a , b,,c ", DIALECTS["postgresql+psycopg"]) == ("a", "b", "c")
    assert load("", DIALECTS["sqlite"]) is None
    assert load(" , ", DIALECTS["sqlite"]) is None


def test_networks_of_other_programs() -> None:
    """Masks are read, and what is not a network stays text."""
    found = loaded(NetworkList(), "10.0.0.0/255.0.0.0, example.com", DIALECTS["mysql+pymysql"])

    assert found == (IPNetwork("10.0.0.0/8"), "example.com")


def test_addresses_are_networks_of_one() -> None:
    """Each usual way to write an address."""
    given = (IPAddress("10.0.0.1"), "10.0.0.1", IPNetwork("10.0.0.1/32"))

    assert NetworkList().check(given, "t.c") == (IPNetwork("10.0.0.1/32"),) * 3


def test_words_become_members() -> None:
    """A plain word of the set is taken, and is a member from then on."""
    assert COLOR.check("red", "t.c") is Color.RED
    assert ChoiceList(Color, 40).check(["red"], "t.c") == (Color.RED,)


def test_a_stored_word_that_asterisk_refuses() -> None:
    """A cell that no member fits is an error with the set's name, not a wrong value."""
    with pytest.raises(ValidationError, match=r"value='green'.*stored.*red, dark_blue"):
        loaded(COLOR, "green", DIALECTS["sqlite"])


@every_dialect
def test_stored_words_in_any_case(dialect: Any) -> None:
    """Other programs write words in another case, and Asterisk takes them."""
    assert loaded(COLOR, "Dark_Blue", dialect) is Color.DARK_BLUE
    assert loaded(ChoiceList(Color, 40), "RED", dialect) == (Color.RED,)
    assert loaded(Choice(DigestAlgorithm), "sha-256", dialect) == "SHA-256"


@pytest.mark.parametrize(
    "word", [T38Ec.FEC, IncomingCallOfferPref.LOCAL, OutgoingCallOfferPref.LOCAL]
)
def test_stored_words_that_asterisk_reads_to_the_letter(word: StrEnum) -> None:
    """Their members are found as they are, and in no other case."""
    kind = Choice(type(word))

    assert loaded(kind, word.value, DIALECTS["sqlite"]) is word
    with pytest.raises(ValidationError, match="stored"):
        loaded(kind, word.upper(), DIALECTS["sqlite"])


@every_dialect
def test_secrets_do_not_show(dialect: Any) -> None:
    """On the way in, in the statement's parameters, and on the way out."""
    kind = SecretString(80)
    value = kind.check("hush", "ps_auths.password")
    cell = kind.process_bind_param(value, dialect)
    found = loaded(kind, cell, dialect)

    for secret in (value, cell, found):
        assert isinstance(secret, SecretText)
        assert repr(secret) == HIDDEN
        assert secret == "hush"
    with pytest.raises(ValidationError) as caught:
        kind.check("hush\n", "ps_auths.password")
    assert "hush" not in str(caught.value)


def test_types_are_told_apart_by_their_arguments() -> None:
    """SQLAlchemy's statement cache must not take one column's type for another's."""
    kinds: list[Cell[Any]] = [AstString(40), AstString(80), SecretString(80), COLOR, BOOL]
    keys = {kind._static_cache_key for kind in kinds}

    assert len(keys) == len(kinds)
    assert AstString(40)._static_cache_key == AstString(40)._static_cache_key


@pytest.mark.parametrize(
    "variable",
    [
        *("A=1", "__A_b2=x", "CALLERID(name)=Bob", "CHANNEL(language)=de", "TIMEOUT(absolute)=60"),
        *("PJSIP_HEADER(add,X-Tenant)=a", "A(=1", "GROUP()=a", "A=FILE(/x)", "A=${SHELL(ls)}"),
    ],
)
def test_variables_that_change_the_own_channel(variable: str) -> None:
    """Plain names, and functions that write nowhere else; a value is not run."""
    assert VariableList().check((variable,), "t.c") == (variable,)


@pytest.mark.parametrize(
    "name",
    [
        *("FILE(/var/x)", "FILE(/var/x,0,,al)", "SHELL(ls)", "SYSTEM(ls)", "DB(a/b)", "ENV(PATH)"),
        *("GLOBAL(A)", "REALTIME(ps_auths,id,a,password)", "ODBC_ANY(1)", "SHARED(A,PJSIP/b-1)"),
        *("QUEUE_MEMBER(q,paused,PJSIP/a)", "MASTER_CHANNEL(FILE(/x))", "AMI_CLIENT(a,b)"),
        *("DEVICE_STATE(Custom:a)", "PRESENCE_STATE(a)", "DIALGROUP(a)", "VM_INFO(1)", "file(/x)"),
        *("CHANNEL(hangup_handler_push)", "CHANNEL( hangup_handler_wipe )", "CURLOPT(a)"),
        *("CHANNEL(after_bridge_goto)", "_FILE(/x)", " FILE(/x)", "FILE(/x) ", "F\u0131LE(/x)"),
        *("(x)", ")", "A)", "MINE(1)"),
    ],
)
def test_variables_that_run_or_write(name: str) -> None:
    """Asterisk writes a function by such a name, for each call."""
    with pytest.raises(ValidationError, match="function"):
        VariableList().check((f"{name}=y",), "ps_endpoints.set_var")


def test_variables_of_other_programs_are_read() -> None:
    """Whatever they are: who looks at the rows must see them."""
    read = partial(loaded, VariableList())

    assert read("FILE(/x)=y;A=1", DIALECTS["postgresql+psycopg"]) == ("FILE(/x)=y", "A=1")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (NativeBool(), "true", True),
        (NativeBool(), "f", False),
        (NumberBool(), "0", False),
        (NumberBool(), "2x", True),
        (NumberBool(), "yes", False),
        (Int(), " 5", 5),
        (Int(), "", None),
        (BOOL, "", None),
        (COLOR, "", None),
        (COLOR, "  ", None),
    ],
)
def test_cells_of_text_where_sqlite_keeps_them(kind: Cell[Any], cell: str, value: object) -> None:
    """Its cells may hold text in any column."""
    codec = "postgresql+psycopg" if cell == "  " else "sqlite"

    assert loaded(kind, cell, DIALECTS[codec]) is value


def test_a_number_that_is_none() -> None:
    """The error names it, and is ours."""
    with pytest.raises(ValidationError, match=r"value='5x'.*stored"):
        loaded(Int(), "5x", DIALECTS["sqlite"])
