"""Ids, contexts, codecs and plain text: what Asterisk would misread is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.codecs import KNOWN, codec_list
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "name", ["twilio", "Twilio-1", "a.b", "a+b", "1", "x" * limits.ENDPOINT.most]
)
def test_ids(name: str) -> None:
    """An id is good for endpoint and AOR at once."""
    assert object_id(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "a b", "a/b", "a@b", "a&b", "a,b", "a_b%", "a%b", "a;b"),
        *("-a", ".a", "+a", "ä", "a\n"),
        *("anonymous", "Anonymous", "default_outbound_endpoint", "x" * (limits.ENDPOINT.most + 1)),
        None,
        5,
    ],
)
def test_what_is_no_id(name: str) -> None:
    """Separators of dial strings, wildcards of the contact look-up and reserved names."""
    with pytest.raises(ValidationError) as caught:
        object_id(name, "name")

    assert caught.value.field == "name"


@pytest.mark.parametrize("name", ["from-twilio", "internal_1", "s", "x" * limits.CONTEXT.most])
def test_plain_names(name: str) -> None:
    """Contexts as people name them."""
    assert plain_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "a,b",
        "a@b",
        "a/b",
        "a|b",
        "${X}",
        "a\n",
        "x" * (limits.CONTEXT.most + 1),
        None,
        1,
    ],
)
def test_what_is_no_plain_name(name: str) -> None:
    """What separates arguments, or is code, names no section."""
    with pytest.raises(ValidationError):
        plain_name(name)


@pytest.mark.parametrize(
    "codecs",
    [
        ("ulaw",),
        ["ulaw", "alaw"],
        ("g722:20", "opus"),
        ("!all", "g722"),
        ("all", "!g729"),
        iter(["ulaw", "h264"]),
    ],
)
def test_codecs(codecs: list[str]) -> None:
    """Any iterable of known names, in its order."""
    wanted = tuple(codecs) if isinstance(codecs, list | tuple) else ("ulaw", "h264")

    assert codec_list(codecs) == wanted


@pytest.mark.parametrize(
    ("codecs", "problem"),
    [
        ("ulaw,alaw", "not a list"),
        ((), "not a list"),
        (None, "not a list"),
        (5, "not a list"),
        (("ulaw", "PCMA"), "does not know this codec"),
        (("ulaw", "ULAW"), "does not know this codec"),
        (("!ulaw",), "no codec is left"),
        (("!all",), "no codec is left"),
        (("ulaw", "!all"), "no codec is left"),
        (("all!",), "does not know this codec"),
        (("ulaw:0",), "does not know this codec"),
        (("ulaw:1000",), "does not know this codec"),
        (("ulaw", 5), "does not know this codec"),
        (("ulaw", "alaw", "ulaw"), "twice"),
        (("ulaw", "ulaw:20"), "twice"),
    ],
)
def test_what_is_no_list_of_codecs(codecs: tuple[str, ...], problem: str) -> None:
    """One unknown name would make Asterisk drop the whole endpoint."""
    with pytest.raises(ValidationError, match=problem):
        codec_list(codecs)


def test_codecs_of_trunks_are_known() -> None:
    """What every provider speaks."""
    assert {"ulaw", "alaw", "g722", "g729", "opus"} <= KNOWN


@pytest.mark.parametrize("text", ["", "100 $", "$ {x}", "{x}", "a ; b", "$(x)"])
def test_plain_text(text: str) -> None:
    """A dollar alone is a dollar."""
    assert plain_text(text) == text


@pytest.mark.parametrize("text", ["${X}", "a${", "$[1+1]", "x$[", None, 5])
def test_code_is_no_text(text: str) -> None:
    """Asterisk knows no escape for its own marks, so they are refused."""
    with pytest.raises(ValidationError):
        plain_text(text)


@pytest.mark.parametrize("check", [object_id, plain_name, plain_text])
def test_the_way_out_is_named(check: Callable[[str], str]) -> None:
    """Each refusal says what to give instead."""
    with pytest.raises(ValidationError) as caught:
        check("${a b}")

    assert caught.value.hint
