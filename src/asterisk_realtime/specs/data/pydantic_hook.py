"""
What pydantic asks a class for: how to validate it, how to serialise it, and its JSON Schema.

pydantic is not a dependency of this library. Only pydantic calls these functions, so
`pydantic_core` is there when they import it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.showing import shown
from asterisk_realtime.specs.data.fields import public
from asterisk_realtime.specs.data.parsing import Refused, parsed
from asterisk_realtime.specs.data.schema import PREFIX, schema_of
from asterisk_realtime.specs.data.writing import dictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import CoreSchema, InitErrorDetails

    from asterisk_realtime.errors import ValidationError

_STEPS: Final = re.compile(r"""'[^']*'|"[^"]*"|[A-Za-z_0-9]+""")
"""The steps of a path such as ``members[0].phone``; unusual keys are quoted."""


def core_schema_of(cls: type) -> CoreSchema:
    """Return the schema by which pydantic validates and serialises *cls*."""
    from pydantic_core import core_schema  # noqa: PLC0415 - as the module says

    serialize = core_schema.plain_serializer_function_ser_schema(
        lambda spec: dictionary(spec, reveal=False)
    )
    return core_schema.no_info_plain_validator_function(
        _validator(cls), ref=_ref(cls), serialization=serialize
    )


def _ref(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"


def _ref_of_part(name: str) -> str:
    cls = public(name)
    return _ref(cls) if cls else f"{name}:0"


def _validator(cls: type) -> Callable[[object], object]:
    def validate(value: object) -> object:
        found = value if isinstance(value, cls) else parsed((cls,), value)
        if isinstance(found, Refused):
            raise _validation_error(cls, found.errors)
        return found

    return validate


def _validation_error(cls: type, errors: tuple[ValidationError, ...]) -> ValueError:
    """
    Return pydantic's error, with the path and the masked value of each field.

    Otherwise pydantic would show the whole dictionary, with its passwords.
    """
    from pydantic_core import ValidationError as PydanticError  # noqa: PLC0415 - as above

    details = [_detail(error, cls.__name__) for error in errors]
    return PydanticError.from_exception_data(cls.__name__, details, hide_input=True)


def _detail(error: ValidationError, whole: str) -> InitErrorDetails:
    from pydantic_core import InitErrorDetails, PydanticCustomError  # noqa: PLC0415 - see above

    steps = _STEPS.findall(error.field) if error.field != whole else []
    # As text, since not every value can be written as JSON.
    parts = {"problem": error.problem, "hint": error.hint}
    return InitErrorDetails(
        type=PydanticCustomError("invalid_value", "{problem}; {hint}", parts),
        loc=tuple(int(step) if step.isdecimal() else step for step in steps),
        input=shown(error.value),
    )


def json_schema_of(cls: type, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON Schema of *cls*, with its parts among pydantic's definitions."""
    from pydantic_core import core_schema  # noqa: PLC0415 - as the module says

    schema = schema_of(cls)
    parts = schema.pop("$defs", {})
    del schema["$schema"]
    links = {
        PREFIX + name: handler(core_schema.definition_reference_schema(_ref_of_part(name)))["$ref"]
        for name in parts
    }
    named = [_defined(name, _linked(part, links)) for name, part in parts.items()]
    handler(core_schema.definitions_schema(core_schema.any_schema(), named))
    linked_whole: dict[str, Any] = _linked(schema, links)
    return linked_whole


def _defined(name: str, schema: dict[str, Any]) -> CoreSchema:
    """Return a schema whose JSON Schema is *schema*, for pydantic's definitions."""
    from pydantic_core import core_schema  # noqa: PLC0415 - as the module says

    functions = {"pydantic_js_functions": [lambda *_: schema]}
    return core_schema.any_schema(ref=_ref_of_part(name), metadata=functions)


def _linked(schema: Any, links: dict[str, str]) -> Any:
    """Return *schema* with each reference to a part of it as pydantic writes it."""
    if isinstance(schema, list):
        return [_linked(item, links) for item in schema]
    if isinstance(schema, dict):
        return {
            key: links[value] if key == "$ref" else _linked(value, links)
            for key, value in schema.items()
        }
    return schema
