"""Caller IDs are written such that Asterisk reads the name and number that were meant."""

from __future__ import annotations

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.caller_id import CallerId, caller_id

NUMBER = "+12025550123"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (NUMBER, None),
        (f"<{NUMBER}>", None),
        (f'"" <{NUMBER}>', None),
        (f'"Grable" <{NUMBER}>', "Grable"),
        (f"Grable & Sons <{NUMBER}>", "Grable & Sons"),
        (f'"Doe, John" <{NUMBER}>', "Doe, John"),
        (rf'"The \"Big\" \\ One" <{NUMBER}>', 'The "Big" \\ One'),
        ('  "Zoë"   <+1 202-555-0123>  ', "Zoë"),
        (CallerId("+1 (202) 555-0123", "Grable"), "Grable"),
    ],
)
def test_forms(given: str | CallerId, name: str | None) -> None:
    """All usual ways to write one mean the same number, in E.164."""
    assert caller_id(given) == CallerId(NUMBER, name)


def test_a_national_number_with_its_region() -> None:
    """The number may be written as at home."""
    assert caller_id('"G" <(202) 555-0123>', region="US") == CallerId(NUMBER, "G")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (CallerId(NUMBER), f"<{NUMBER}>"),
        (CallerId(NUMBER, "Grable"), f'"Grable" <{NUMBER}>'),
        (CallerId(NUMBER, 'a "b" \\'), rf'"a \"b\" \\" <{NUMBER}>'),
    ],
)
def test_as_asterisk_reads_it(value: CallerId, text: str) -> None:
    """The name is in quotes, with quotes and backslashes in it escaped."""
    assert str(value) == text


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ('"Grable" <twilio>', "not a telephone number"),
        ("Grable", "not a telephone number"),
        ('"Grable <+12025550123>', "not a caller ID"),
        ('"Grable" +12025550123', "not a caller ID"),
        ("<+12025550123> x", "not a caller ID"),
        ('"a" "b" <+12025550123>', "not a caller ID"),
        ('"${SHELL(id)}" <+12025550123>', "would run"),
        ('"$[1+1]" <+12025550123>', "would run"),
        (CallerId("+12025550123", "${X}"), "would run"),
        (CallerId("+12025550123", "a\r\nb"), "control character"),
        (CallerId("+12025550123", "ä" * 40), "79"),
        (None, "not text"),
        (12025550123, "not text"),
    ],
)
def test_what_is_no_caller_id(given: str, problem: str) -> None:
    """Nothing that Asterisk would run, cut or misread gets through."""
    with pytest.raises(ValidationError, match=problem) as caught:
        caller_id(given)

    assert caught.value.field == "caller_id"


def test_the_longest_name() -> None:
    """Asterisk's buffers count bytes, not characters."""
    longest = "ä" * 39 + "x"

    assert len(longest.encode()) == limits.CALLER_NAME.most
    assert caller_id(CallerId(NUMBER, longest)).name == longest
