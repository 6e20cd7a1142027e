"""Specs as dictionaries: what is written is read back, and anything else is refused."""

from __future__ import annotations

import json
from collections import UserDict
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from asterisk_realtime import (
    AsteriskRealtimeError,
    CallerId,
    OutboundRoute,
    Phone,
    Spec,
    ValidationError,
)
from asterisk_realtime.specs.data.writing import dictionary
from tests.property.good_specs import GOOD, PASSWORD
from tests.property.hostile import NASTY, TEXTS, TroubleError, objects
from tests.property.things import ANY, SECRETS

SCHEMA = Draft202012Validator(Spec.json_schema())
SPECS = [cls for cls in GOOD if issubclass(cls, Spec)]
KEYS = st.sampled_from(["kind", "name", "id", "password", "members", "destination"]) | st.text()
KINDS = st.sampled_from([cls.__name__ for cls in GOOD])
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | KINDS
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
MAX_MESSAGE = 60_000
SHARE = 24
"""One in so many hostile values is tried on each class by default."""

SETTINGS = settings(
    deadline=None,
    derandomize=True,
    max_examples=200,
    suppress_health_check=list(HealthCheck),
)


def made_or_refused(cls: type[Spec], data: Any) -> None:
    """Read a dictionary; an error of ours is fine if it shows no password."""
    try:
        cls.from_dict(data)
    except AsteriskRealtimeError as error:
        message = str(error) + repr(error)

        assert PASSWORD not in message
        assert len(message) < MAX_MESSAGE


@SETTINGS
@given(ANY.filter(lambda spec: spec is not None))
def test_what_is_written_is_read(spec: Spec) -> None:
    """By way of JSON; the schema takes it, and no secret shows unless it is asked for."""
    data = json.loads(json.dumps(spec.to_dict(reveal=True)))
    masked = json.dumps(spec.to_dict())

    assert Spec.from_dict(data) == spec
    assert SCHEMA.is_valid(data)
    assert not any(secret in masked for secret in SECRETS)


@SETTINGS
@given(st.text(min_size=1), st.none() | st.sampled_from(["100", "+12025550123"]))
def test_a_caller_id_is_read(name: str, number: str | None) -> None:
    """Whatever its name is made of, as a text and as a dictionary."""
    try:
        phone = Phone(id="100", context="phones", caller_id=CallerId(number, name))
        route = OutboundRoute(
            context="phones",
            pattern="+12025550123",
            trunk="one",
            caller_id=CallerId("+12025550123", name),
        )
    except AsteriskRealtimeError:
        return

    assert Spec.from_dict(phone.to_dict()) == phone
    assert Spec.from_dict(route.to_dict()) == route


@SETTINGS
@given(st.sampled_from([Spec, *SPECS]), JSON)
def test_any_json_is_read_or_refused(cls: type[Spec], data: Any) -> None:
    """Whatever somebody sends."""
    made_or_refused(cls, data)


@SETTINGS
@given(st.sampled_from(SPECS), st.data())
def test_any_json_in_a_good_one(cls: type[Spec], data: st.DataObject) -> None:
    """In place of one of its fields."""
    whole = dictionary(cls(**GOOD[cls]), reveal=True)
    name = data.draw(st.sampled_from(list(whole)))

    made_or_refused(cls, {**whole, name: data.draw(JSON)})


@pytest.mark.parametrize("cls", SPECS, ids=lambda cls: cls.__name__)
def test_hostile_values(cls: type[Spec]) -> None:
    """Objects that raise or lie: as the whole, as a field, within a list, and as a key."""
    whole = dictionary(cls(**GOOD[cls]), reveal=True)
    start = SPECS.index(cls) % SHARE
    for value in (*TEXTS, *NASTY, *objects()):
        made_or_refused(cls, value)
        if isinstance(value, str | int):
            made_or_refused(cls, {**whole, value: 1})
    for value in (*TEXTS, *NASTY, *objects())[start::SHARE]:
        for name in whole:
            made_or_refused(cls, {**whole, name: value})
            made_or_refused(cls, {**whole, name: [value]})


class Mean(UserDict[str, Any]):
    """A mapping that raises an error of its own."""

    def items(self) -> NoReturn:
        """Raise it."""
        raise TroubleError


def test_a_mapping_that_raises() -> None:
    """It is refused like anything else that is not a dictionary."""
    with pytest.raises(ValidationError, match="it is not a dictionary"):
        Phone.from_dict(Mean())
