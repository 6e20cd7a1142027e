"""Specs as dictionaries, and the JSON Schema of their classes."""

from __future__ import annotations

import json
import pkgutil
from collections import UserDict
from importlib import import_module
from typing import TYPE_CHECKING, Any

import attrs
import pytest

import asterisk_realtime
from asterisk_realtime import (
    CallerId,
    CallQueue,
    Destination,
    InboundRoute,
    OutboundRoute,
    Phone,
    Spec,
    ToMailbox,
    ToPhone,
    Trunk,
    ValidationError,
)
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.specs.data.fields import fields
from asterisk_realtime.specs.data.parsing import Refused, parsed
from asterisk_realtime.specs.data.writing import dictionary
from asterisk_realtime.values.checked import Checked
from asterisk_realtime.values.words import Word
from tests.property.good_specs import GOOD, PASSWORD
from tests.unit.test_secrets import everything_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPECS: list[type[Spec]] = [cls for cls in GOOD if issubclass(cls, Spec)]
JSON_TYPES = (str, int, bool, type(None), list, dict)
MEMBER = {"phone": "101"}
COMPLEX: tuple[Spec, ...] = (
    InboundRoute(
        number="+12025550123",
        context="in",
        destination=ToPhone("101", otherwise=ToPhone("102", otherwise=ToMailbox("101"))),
    ),
    InboundRoute(number="+12025550123", context="in", destination=Destination("a", "b", 3)),
    OutboundRoute(
        context="phones",
        pattern="_+1NXXNXXXXXX",
        trunk=["one", "two"],
        caller_id=CallerId("+12025550123", 'A "quoted" name'),
    ),
    Phone(id="101", context="phones", caller_id=CallerId(None, "Ann"), mailbox=["1", "2@"]),
    CallQueue(name="empty", members=()),
)


def name_of(thing: Any) -> str:
    """Return the name of a class, or of a spec's class."""
    return thing.__name__ if isinstance(thing, type) else type(thing).__name__


def good(cls: type[Checked]) -> Any:
    """Return the good example of a class."""
    return cls(**GOOD[cls])


def copied(value: Any, *, reveal: bool = True) -> dict[str, Any]:
    """Return a spec's dictionary after a way through JSON."""
    found: dict[str, Any] = json.loads(json.dumps(dictionary(value, reveal=reveal)))
    return found


def classes_of(package: str) -> Iterator[type]:
    """Yield the attrs classes of checked values that the modules of a package define."""
    path = import_module(package).__path__
    for module in pkgutil.walk_packages(path, f"{package}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and value.__module__ == module.name and attrs.has(value):
                yield value


def test_no_class_is_forgotten() -> None:
    """Every spec, and every part of one, has an example here and is public by its name."""
    found = {*classes_of("asterisk_realtime.specs"), *classes_of("asterisk_realtime.providers")}
    checked = {cls for cls in found if issubclass(cls, Checked)}
    bases = {base for cls in checked for base in cls.__mro__[1:]}

    assert checked - bases == set(GOOD)
    assert {cls for cls in GOOD if getattr(asterisk_realtime, cls.__name__) is not cls} == set()


# -- Out and back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_it_comes_back_from_json(cls: type[Checked]) -> None:
    """Whole, with its secrets."""
    assert parsed((cls,), copied(good(cls))) == good(cls)


@pytest.mark.parametrize("spec", [*map(good, SPECS), *COMPLEX], ids=name_of)
def test_a_spec_comes_back_by_its_kind(spec: Spec) -> None:
    """By the base class, by its own with a kind, and by its own without one."""
    data = json.loads(json.dumps(spec.to_dict(reveal=True)))

    assert Spec.from_dict(data) == type(spec).from_dict(data) == spec
    del data["kind"]
    assert type(spec).from_dict(data) == spec


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_only_the_required_fields_are_needed(cls: type[Checked]) -> None:
    """The others have their defaults."""
    required = {name for name, field in fields(cls).items() if field.default is attrs.NOTHING}
    given = {name: value for name, value in copied(good(cls)).items() if name in required}
    found = parsed((cls,), given)

    if isinstance(found, Refused):  # fields that are needed by another one
        assert {error.problem for error in found.errors}.isdisjoint({"it is missing"})
    else:
        assert copied(found).items() >= given.items()


def test_a_mapping_need_not_be_a_dict() -> None:
    """Whatever another library reads a file into."""
    data: Mapping[str, Any] = UserDict({"id": "101", "context": "phones"})

    assert Phone.from_dict(data) == Phone(id="101", context="phones")


def is_word(cls: type[Checked], name: str) -> bool:
    """Tell whether a field of the example holds a word, which no dictionary has."""
    return isinstance(getattr(good(cls), name), Word)


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_a_dictionary_holds_every_field(cls: type[Checked]) -> None:
    """After the kind, in types of JSON; a word such as KEEP is a default, and so left out."""
    found = dictionary(good(cls), reveal=True)

    assert list(found) == ["kind", *(name for name in fields(cls) if not is_word(cls, name))]
    assert found["kind"] == cls.__name__
    assert set(map(type, found.values())) <= set(JSON_TYPES)


# -- Secrets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_secrets_are_masked(cls: type[Checked]) -> None:
    """Unless they are asked for."""
    shown = json.dumps(dictionary(good(cls), reveal=False))

    assert PASSWORD not in shown
    assert "4711" not in shown


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_a_masked_secret_is_refused(cls: type[Checked]) -> None:
    """With the path of the field: otherwise the asterisks would become the password."""
    data = copied(good(cls), reveal=False)
    found = parsed((cls,), data)

    if HIDDEN in json.dumps(data):
        assert isinstance(found, Refused)
        assert {error.field.rpartition(".")[2] for error in found.errors} <= {"password", "pin"}
    else:
        assert found == good(cls)


WRONG: list[tuple[type[Spec], dict[str, Any]]] = [
    (Phone, {"id": "a b", "context": "phones", "password": PASSWORD}),
    (Phone, {"id": "101", "context": "phones", "pasword": PASSWORD}),
    (Phone, {"id": "101", "context": {"password": PASSWORD}}),
    (Phone, {"id": "101", "context": [[{"password": PASSWORD}]]}),
    (Phone, {"id": "101", "context": "phones", "password": {"text": PASSWORD}}),
    (Phone, {"id": "101", "context": "phones", "password": [PASSWORD]}),
    (Phone, {"kind": {"password": PASSWORD}}),
    (Trunk, {"name": "one", "credentials": {"username": "a", "password": PASSWORD}}),
    (Trunk, {"name": "one", "credentials": {"username": "a:b", "password": PASSWORD}}),
    (Trunk, {"name": "one", "credentials": ["ann", PASSWORD, 1]}),
    (Trunk, {"name": "one", "credentials": PASSWORD}),
    (InboundRoute, {"number": "1", "destination": {"kind": "ToPhone", "pw": PASSWORD}}),
]


@pytest.mark.parametrize(("cls", "data"), WRONG)
def test_an_error_shows_no_secret(cls: type[Spec], data: dict[str, Any]) -> None:
    """Neither its message nor the values in our frames of its traceback."""
    with pytest.raises(ValidationError) as caught:
        cls.from_dict(data)

    assert PASSWORD not in everything_of(caught.value)


# -- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"id": "101"}, "context"),
        ({"id": "101", "context": "phones", "nope": 1}, "nope"),
        ({"id": "101", "context": "phones", 5: 1}, "5"),
        ({"id": "101", "context": "phones", "a b": 1}, "'a b'"),
        ({"id": "a b", "context": "phones"}, "id"),
        ({"kind": "Trunk", "id": "101", "context": "phones"}, "kind"),
        ({"kind": None, "id": "101", "context": "phones"}, "kind"),
        ({"id": "101", "context": "phones", "max_contacts": "1"}, "max_contacts"),
        ({"id": "101", "context": "phones", "codecs": [{}]}, "codecs[0]"),
        ([], "Phone"),
        ("Phone", "Phone"),
        (None, "Phone"),
    ],
)
def test_an_error_names_the_field(data: Any, field: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(ValidationError) as caught:
        Phone.from_dict(data)

    assert caught.value.field == field
    assert caught.value.hint


@pytest.mark.parametrize(
    ("cls", "data", "fields"),
    [
        (CallQueue, {"name": "q", "members": [MEMBER, {"phone": " "}]}, {"members[1].phone"}),
        (CallQueue, {"name": "q", "members": [{"kind": "Header"}]}, {"members[0].kind"}),
        (CallQueue, {"name": "q", "members": ["101"]}, {"members"}),
        (CallQueue, {"name": " ", "members": [{"who": 1}]}, {"name", "members[0].who"}),
        (Trunk, {}, {"name", "contact", "transport", "context", "codecs"}),
        (Spec, {"name": "q"}, {"kind"}),
        (Spec, {"kind": "Member", "phone": "101"}, {"kind"}),
        (Spec, {"kind": "upgrade"}, {"kind"}),
    ],
)  # fmt: skip
def test_errors_have_paths(cls: type[Spec], data: Any, fields: set[str]) -> None:
    """Into the parts of a spec; all wrong fields are named at once."""
    with pytest.raises(ValidationError) as caught:
        cls.from_dict(data)

    assert {item.field for item in caught.value.errors} == fields


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"context": "a", "exten": 5}, "destination.exten"),
        ({"context": "a", "exten": "b", "priority": True}, "destination.priority"),
        ({"context": "a", "exten": "_X."}, "destination"),
        ({"context": "a"}, "destination.exten"),
    ],
)
def test_a_place_is_checked(place: dict[str, Any], field: str) -> None:
    """Though its own class checks nothing."""
    with pytest.raises(ValidationError) as caught:
        InboundRoute.from_dict(
            {
                "number": "+12025550123",
                "context": "in",
                "destination": {"kind": "Destination", **place},
            }
        )

    assert caught.value.field == field


def test_deep_and_looped_data_is_refused() -> None:
    """Without an error of Python's own."""
    looped: dict[str, Any] = {"kind": "ToPhone", "phone": "101"}
    looped["otherwise"] = looped
    deep: Any = "101"
    for _ in range(5000):
        deep = [deep]

    for destination in (looped, deep, {"kind": "ToPhone", "phone": deep}):
        with pytest.raises(ValidationError, match="nested too deeply"):
            InboundRoute.from_dict(
                {"number": "+12025550123", "context": "in", "destination": destination}
            )


def test_a_dictionary_too_deep_in_a_list() -> None:
    """The error says that it is too deep, and not that it is not a dictionary."""
    found = parsed((CallQueue,), {"name": "support", "members": [MEMBER]}, depth=1)

    assert isinstance(found, Refused)
    assert [error.problem for error in found.errors] == ["it is nested too deeply"]
