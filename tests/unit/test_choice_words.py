"""The words that type checkers know are the values of the enums."""

from __future__ import annotations

import inspect
from typing import get_args

import pytest

import asterisk_realtime
from asterisk_realtime import CallQueue, Phone
from asterisk_realtime.values import choice_words

WORDS = {name: value for name, value in vars(choice_words).items() if name.endswith("Word")}


@pytest.mark.parametrize("name", WORDS)
def test_words_are_the_values_of_the_enum(name: str) -> None:
    """In both directions, so that neither lacks one."""
    enum = getattr(asterisk_realtime, name.removesuffix("Word"))

    assert get_args(WORDS[name]) == tuple(item.value for item in enum)


def test_a_signature_shows_types_and_defaults() -> None:
    """As completion and help() show it."""
    phone = inspect.signature(Phone).parameters
    queue = inspect.signature(CallQueue).parameters

    assert phone["id"].annotation == "str"
    assert phone["transport"].annotation == "str | None"
    assert phone["media_encryption"].annotation == "MediaEncryption | MediaEncryptionWord"
    assert phone["password"].annotation == "str | Secret | Generate | Keep"
    assert repr(phone["password"].default) == "GENERATE"
    assert queue["members"].annotation == "Iterable[Member] | Keep"
