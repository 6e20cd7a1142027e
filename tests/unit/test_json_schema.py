"""The JSON Schema of specs takes what they write, and refuses what they refuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from asterisk_realtime import CallQueue, Phone, Spec, TwilioAllowance
from asterisk_realtime.specs.data.fields import fields
from asterisk_realtime.specs.data.parsing import Refused, parsed
from asterisk_realtime.specs.data.schema import schema_of
from tests.property.good_specs import GOOD, PASSWORD
from tests.unit.test_spec_data import COMPLEX, SPECS, copied, good, name_of

if TYPE_CHECKING:
    from asterisk_realtime.values.checked import Checked

A_DICTIONARY = {"secret": PASSWORD}
"""No field takes it."""


def accepts(schema: dict[str, Any], data: object) -> bool:
    """Tell whether *data* fits a schema."""
    return Draft202012Validator(schema).is_valid(data)


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_the_schema_takes_what_is_written(cls: type[Checked]) -> None:
    """It is valid itself, too."""
    schema = schema_of(cls)
    Draft202012Validator.check_schema(schema)

    assert accepts(schema, copied(good(cls)))
    assert accepts(schema, copied(good(cls), reveal=False))


@pytest.mark.parametrize("spec", [*map(good, SPECS), *COMPLEX], ids=name_of)
def test_one_schema_takes_every_spec(spec: Spec) -> None:
    """By its kind, which it needs."""
    data = copied(spec)
    schema = Spec.json_schema()

    assert accepts(schema, data)
    del data["kind"]
    assert not accepts(schema, data)
    assert accepts(type(spec).json_schema(), data)


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_the_schema_refuses_what_is_refused(cls: type[Checked]) -> None:
    """An unknown key, another kind, a missing field, and a value of the wrong type."""
    schema, data = schema_of(cls), copied(good(cls))
    wrong: list[Any] = [{**data, "nope": 1}, {**data, "kind": "Nope"}, [], None]
    wrong += [
        {key: value for key, value in data.items() if key != name} for name in schema["required"]
    ]
    wrong += [{**data, name: A_DICTIONARY} for name in data]

    for value in wrong:
        assert isinstance(parsed((cls,), value), Refused)
        assert not accepts(schema, value)


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_the_schema_describes_every_field(cls: type[Checked]) -> None:
    """With its class's own words or those that they refer to; a default fits the field."""
    schema = schema_of(cls)
    for name in fields(cls):
        described = schema["properties"][name]

        assert described["description"]
        assert not re.match(r"See `|As (of|in) ", described["description"])
        if "default" in described:
            assert accepts({**described, "$defs": schema.get("$defs", {})}, described["default"])


def test_a_schema_in_detail() -> None:
    """Enums, secrets, lists, defaults, and parts."""
    phone, queue = Phone.json_schema(), CallQueue.json_schema()
    fields_of_phone = phone["properties"]

    assert phone["title"] == "Phone"
    assert phone["required"] == ["id", "context"]
    assert phone["properties"]["kind"] == {"const": "Phone"}
    assert fields_of_phone["storage"]["enum"] == ["plain", "md5", "digest"]
    assert fields_of_phone["storage"]["default"] == "plain"
    described = fields_of_phone["password"].pop("description")
    assert described.startswith("At least 8 characters")
    assert fields_of_phone["password"] == {
        "type": "string",
        "writeOnly": True,
        "format": "password",
    }
    assert queue["properties"]["members"]["items"] == {"$ref": "#/$defs/Member"}
    assert queue["$defs"]["Member"]["properties"]["penalty"]["anyOf"][0] == {"type": "integer"}
    assert "dublin" in TwilioAllowance.json_schema()["properties"]["edges"]["default"]
