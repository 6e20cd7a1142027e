"""Patterns are ASCII and linear, and no text that is too long reaches one."""

from __future__ import annotations

import pkgutil
import re
import sys
from functools import partial
from importlib import import_module
from re import _constants, _parser  # type: ignore[attr-defined]  # the parser is not public
from typing import TYPE_CHECKING, Any, Final

import pytest

import asterisk_realtime
from asterisk_realtime import AsteriskRealtimeError
from asterisk_realtime.providers.twilio import rules
from asterisk_realtime.providers.twilio.termination import termination_uri
from asterisk_realtime.specs import mailboxes, queues, targets, trunks
from asterisk_realtime.values import (
    accounts,
    caller_id,
    codecs,
    files,
    mail,
    names,
    sip,
    text,
)
from tests.property.good_specs import GOOD
from tests.property.hostile import NASTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asterisk_realtime.values.checked import Checked

ROOMS: Final = ("values", "specs", "providers")
ALPHABET: Final = frozenset(map(chr, range(128))) | set(
    "\u00e9\u017f\u212a\u0131\u0661\uff11\u2003"
)
MAX_STEPS: Final = 3_000
"""Calls of functions, Python's and C's, that refusing a text may take, however long the text."""


def patterns() -> dict[str, re.Pattern[str]]:
    """Return every pattern of the rooms that read what a caller gives."""
    found: dict[str, re.Pattern[str]] = {}
    for room in ROOMS:
        package = import_module(f"{asterisk_realtime.__name__}.{room}")
        for item in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(import_module(item.name)).items():
                if isinstance(value, re.Pattern):
                    found[f"{item.name}.{name}"] = value
    for target in targets.TARGETS:
        for number, (_app, shape) in enumerate(target.shape):
            found[f"{target.__name__}.shape[{number}]"] = re.compile(shape)
    return found


PATTERNS: Final = patterns()


def characters(node: Iterable[Any]) -> frozenset[str]:
    """Return the characters of the alphabet that the first item of a pattern's part may take."""
    found: set[str] = set()
    for op, value in node:
        found |= _taken(op, value)
        if not _may_be_empty(op, value):
            break
    return frozenset(found)


def _taken(op: Any, value: Any) -> frozenset[str]:
    if op is _constants.LITERAL:
        return frozenset({chr(value)})
    if op in {_constants.NOT_LITERAL, _constants.ANY}:
        return ALPHABET - ({chr(value)} if op is _constants.NOT_LITERAL else set())
    if op is _constants.IN:
        source = _class(value)
        return frozenset(char for char in ALPHABET if source.fullmatch(char))
    return frozenset().union(*map(characters, _parts(op, value)))


def _class(items: list[tuple[Any, Any]]) -> re.Pattern[str]:
    parts = []
    for op, value in items:
        if op is _constants.NEGATE:
            parts.append("^")
        elif op is _constants.LITERAL:
            parts.append(re.escape(chr(value)))
        elif op is _constants.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        else:
            parts.append({"CATEGORY_DIGIT": r"\d", "CATEGORY_WORD": r"\w"}.get(str(value), r"\s"))
    return re.compile(f"[{''.join(parts)}]")


def _may_be_empty(op: Any, value: Any) -> bool:
    if op in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
        return bool(value[0] == 0)
    if op is _constants.SUBPATTERN:
        return all(_may_be_empty(*item) for item in value[3])
    return op in {_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT}


def _parts(op: Any, value: Any) -> list[list[Any]]:
    if op in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
        return [list(value[2])]
    if op is _constants.SUBPATTERN:
        return [list(value[3])]
    return [list(branch) for branch in value[1]] if op is _constants.BRANCH else []


def ambiguities(node: list[Any], after: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the repeats that could end in several places, which is where time is lost."""
    for at, (op, value) in enumerate(node):
        rest = node[at + 1 :]
        follows = characters(rest)
        if all(_may_be_empty(*item) for item in rest):
            follows |= after
        repeats = op in {_constants.MAX_REPEAT, _constants.MIN_REPEAT} and value[1] > 1
        if repeats and value[1] != value[0] and characters(value[2]) & follows:
            yield f"{op} of {sorted(characters(value[2]) & follows)}"
        for part in _parts(op, value):
            yield from ambiguities(part, follows | (characters(part) if repeats else frozenset()))


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_ascii(name: str) -> None:
    """No letter outside ASCII is a letter of a protocol's, also where case is ignored."""
    pattern = PATTERNS[name]
    words = re.findall(r"\\[dws]", pattern.pattern)

    if pattern.flags & re.IGNORECASE or words:
        assert pattern.flags & re.ASCII


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_does_not_backtrack(name: str) -> None:
    """The next character alone shows where a repeat may end."""
    pattern = PATTERNS[name]

    assert list(ambiguities(list(_parser.parse(pattern.pattern, pattern.flags)))) == []


READERS: Final[tuple[Callable[[Any], object], ...]] = (
    *(accounts.username, accounts.realm, accounts.password, accounts.host_path),
    *(caller_id.caller_id, caller_id.internal_caller_id, codecs.codec_list, files.folder),
    *(files.music, files.sound, mail.mail_addresses, names.object_id, names.plain_name),
    *(names.transport_name, names.music_class_name, text.plain_text, rules.account_sid),
    *(sip.parse, sip.host, sip.target, sip.targets, sip.account, sip.proxy, sip.from_user),
    *(mailboxes.mailbox_name, mailboxes.mailbox_number, mailboxes.pin, trunks.credential_pair),
    *(queues._interface, queues._state_interface, termination_uri, rules.username),
)


def steps(call: Callable[[], object]) -> tuple[int, int]:
    """Return how many functions *call* calls, and how many of those are a pattern's."""
    total = matches = 0

    def count(_frame: object, event: str, arg: object) -> None:
        nonlocal total, matches
        total += event in {"call", "c_call"}
        owner = getattr(arg, "__self__", None) if event == "c_call" else None
        matches += isinstance(owner, re.Pattern) and owner in OURS

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        call()
    except AsteriskRealtimeError:
        return total, matches
    finally:
        sys.setprofile(before)
    pytest.fail("it was taken")


OURS: Final = frozenset(PATTERNS.values())


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_text_that_is_too_long_reaches_no_pattern(reader: Callable[[str], object]) -> None:
    """A reader refuses 100,000 characters by their number, in a bounded number of steps."""
    for value in NASTY:
        total, matches = steps(partial(reader, value))

        assert total < MAX_STEPS
        assert matches == 0


@pytest.mark.parametrize("spec", GOOD, ids=lambda spec: spec.__name__)
def test_no_field_takes_more_steps(spec: type[Checked]) -> None:
    """The same of each field of each spec that a text is given."""
    for name, usual in GOOD[spec].items():
        with_it = partial(attempt, spec, name)
        allowed = steps(partial(with_it, [usual, object()]))[0] + MAX_STEPS
        for value in NASTY[::7]:
            total, _matches = steps(partial(with_it, value))

            assert total < allowed


def attempt(spec: type[Checked], name: str, value: object) -> object:
    """Make a spec with one field of another value."""
    return spec(**{**GOOD[spec], name: value})
