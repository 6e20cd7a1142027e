"""The JSON Schema of a spec, from its fields, their types and its docstring."""

from __future__ import annotations

import inspect
import re
from enum import Enum
from itertools import takewhile
from types import NoneType
from typing import Any, Final, get_args, get_origin

import attrs

from asterisk_realtime.specs.data.fields import (
    KIND,
    classes,
    fields,
    is_class,
    mappings,
    named,
    options,
    types,
)
from asterisk_realtime.values.json_types import plain
from asterisk_realtime.values.secret import Secret
from asterisk_realtime.values.words import Word

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PREFIX: Final = "#/$defs/"

_TYPES: Final = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}
_SECTION: Final = re.compile(r"(?m)^[A-Z][a-z]+:$")
_ENTRY: Final = re.compile(r" {4}\**([a-z_0-9]+): (.*)")
_ELSEWHERE: Final = re.compile(r"(?:See|As (?:of|in)(?: an?)?) `([A-Za-z]+)`\.")

Schema = dict[str, Any]


def schema_of(base: type) -> Schema:
    """Return the schema of a class; of a base class, one that takes each class derived from it."""
    found: dict[str, Schema] = {}
    whole = _object(base, found) if classes(base) == (base,) else _any_of([base], found)
    return {"$schema": DIALECT, **whole, **({"$defs": found} if found else {})}


def _reference(cls: type, found: dict[str, Schema]) -> Schema:
    """Return a reference to the schema of *cls*, which is added to *found*."""
    name = cls.__name__
    if name not in found:
        found[name] = {}  # for a class within itself
        found[name] = _object(cls, found)
    return {"$ref": PREFIX + name}


def _references(bases: tuple[type, ...], found: dict[str, Schema]) -> list[Schema]:
    """Return references to all classes; if there are several, each requires ``kind``."""
    several = [cls for base in bases for cls in classes(base)]
    if len(several) == 1:
        return [_reference(several[0], found)]
    return [{**_reference(cls, found), "required": [KIND]} for cls in several]


def _object(cls: type, found: dict[str, Schema]) -> Schema:
    known = fields(cls)
    texts = descriptions(cls)
    properties = {
        name: {
            **_value(hint, found),
            **({"description": texts[name]} if name in texts else {}),
            **_default(known[name]),
        }
        for name, hint in types(cls).items()
    }
    required = [name for name, field in known.items() if field.default is attrs.NOTHING]
    return {
        "title": cls.__name__,
        "description": _summary(cls),
        "type": "object",
        "properties": {KIND: {"const": cls.__name__}, **properties},
        "required": required,
        "additionalProperties": False,
    }


def _value(hint: Any, found: dict[str, Schema]) -> Schema:
    """Return the schema of a type."""
    bases = mappings(hint)
    others = [_leaf(option, found) for option in options(hint) if option not in bases]
    return _any(_references(bases, found) + others)


def _any_of(bases: list[type], found: dict[str, Schema]) -> Schema:
    return _any(_references(tuple(bases), found))


def _any(choices: list[Schema]) -> Schema:
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def _leaf(option: Any, found: dict[str, Schema]) -> Schema:
    if get_origin(option) is tuple:
        return {"type": "array", "items": _value(get_args(option)[0], found)}
    if option is Secret:
        return {"type": "string", "writeOnly": True, "format": "password"}
    if is_class(option) and issubclass(option, Enum):
        return {"type": "string", "enum": [item.value for item in option]}
    return {"type": _TYPES.get(option, "string")}


def _default(field: attrs.Attribute[Any]) -> Schema:
    if field.default is attrs.NOTHING or isinstance(field.default, Word):
        return {}
    convert: Any = field.converter
    return {"default": plain(convert(field.default) if convert else field.default)}


# -- Docstrings ------------------------------------------------------------------------------------


def descriptions(cls: type) -> dict[str, str]:
    """Return what the docstrings of a class and its bases say about each attribute."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found |= {name: _followed(name, text) for name, text in _attributes(_doc(base)).items()}
    return found


def _followed(name: str, text: str) -> str:
    """Return what another class says about the attribute, if *text* only refers to it."""
    match = _ELSEWHERE.fullmatch(text)
    other = named(match[1]) if match else None
    return descriptions(other).get(name, text) if isinstance(other, type) else text


def _doc(thing: Any) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def _summary(cls: type) -> str:
    """Return a class's docstring up to its first section."""
    text = _SECTION.split(_doc(cls))[0]
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(map(_one_line, paragraphs))


def _attributes(doc: str) -> dict[str, str]:
    """Return the entries of the section of attributes or arguments."""
    found: dict[str, str] = {}
    name = ""
    for line in _section(doc):
        match = _ENTRY.fullmatch(line)
        if match:
            name = match[1]
        found[name] = f"{found.get(name, '')} {match[2] if match else line}"
    return {name: _one_line(text) for name, text in found.items()}


def _section(doc: str) -> list[str]:
    lines = doc.splitlines()
    heads = (number for number, line in enumerate(lines, 1) if line in {"Attributes:", "Args:"})
    return list(takewhile(lambda line: line[:1].strip() == "", lines[next(heads, len(lines)) :]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
