"""
Parse a dictionary into a spec, or into the errors of all its fields.

A dictionary may hold passwords. So nothing here raises: a raised error would keep the frames that
it passed, with the passwords in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeGuard

import attrs

from asterisk_realtime.errors import MAX_LISTED, ValidationError
from asterisk_realtime.showing import MAX_SHOWN, shown
from asterisk_realtime.specs.data.fields import (
    KIND,
    classes,
    element,
    fields,
    mappings,
    options,
    types,
)
from asterisk_realtime.values.checked import Checked, is_secret, refusal
from asterisk_realtime.values.plain import MAX_ITEMS, is_a
from asterisk_realtime.values.secret import shielded

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH: Final = 16
"""Most dictionaries and lists within each other: more than any spec has."""


@attrs.frozen
class Refused:
    """Stands for a spec that could not be made, with an error for each wrong field."""

    errors: tuple[ValidationError, ...]

    def raised(self, name: str) -> NoReturn:
        """Raise one error for all fields."""
        raise ValidationError.joined(f"{name} has invalid fields", self.errors)


def _refused(field: str, problem: str, hint: str) -> Refused:
    """Return the error of a value that is not shown, since it may hold a secret."""
    return Refused((ValidationError(field, None, problem, hint, secret=True),))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def parsed(
    bases: tuple[type, ...], data: object, path: str = "", depth: int = MAX_DEPTH
) -> object | Refused:
    """Return *data* as an instance of one of *bases*, or what is wrong with it."""
    entries = _entries(data) if depth > 0 else None
    if entries is None:
        hint = f'give a dictionary such as {{"kind": "{classes(bases[0])[0].__name__}", ...}}'
        problem = "it is not a dictionary" if depth > 0 else "it is nested too deeply"
        return _refused(path or bases[0].__name__, problem, hint)
    cls = _chosen(bases, entries.pop(KIND, attrs.NOTHING), _below(path, KIND))
    return cls if isinstance(cls, Refused) else _built(cls, entries, path, depth)


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return issubclass(type(value), Mapping)


def _entries(data: object) -> dict[object, object] | None:
    """Return a copy of a mapping, with texts as its keys where these are texts."""
    if not _is_mapping(data):
        return None
    try:
        pairs = dict.items(data) if is_a(data, dict) else islice(data.items(), MAX_ITEMS)
        return {str.__str__(key) if is_a(key, str) else key: value for key, value in pairs}
    except Exception:  # noqa: BLE001 - the caller's object may raise whatever it likes
        return None


def _chosen(bases: tuple[type, ...], kind: object, path: str) -> type | Refused:
    """Return the class that a dictionary names; the name may be missing if there is only one."""
    known = {cls.__name__: cls for base in bases for cls in classes(base)}
    if kind is attrs.NOTHING and len(known) == 1:
        return next(iter(known.values()))
    found = known.get(str.__str__(kind)) if is_a(kind, str) else None
    if found is not None:
        return found
    hint = f"use one of {', '.join(known)}" if len(known) > 1 else f"write {next(iter(known))}"
    if kind is attrs.NOTHING:
        return Refused((ValidationError(path, None, "it is missing", hint),))
    if not is_a(kind, str):
        return _refused(path, "it is not text", hint)
    return Refused((ValidationError(path, str.__str__(kind), "it is the wrong kind", hint),))


def _built(cls: type, entries: dict[object, object], path: str, depth: int) -> Any:
    """Return an instance of *cls*; the errors of all fields are gathered first."""
    found = {
        name: _argument(hint, entries.pop(name), _below(path, name), depth)
        for name, hint in types(cls).items()
        if name in entries
    }
    refused = [value for value in found.values() if isinstance(value, Refused)]
    good = {name: value for name, value in found.items() if not isinstance(value, Refused)}
    errors = [
        *_unknown(cls, entries, path),
        *_missing(cls, found, path),
        *(error for value in refused for error in value.errors),
    ]
    if errors or not issubclass(cls, Checked):
        errors += _converted(cls, good, path)
    return Refused(tuple(errors)) if errors else _made(cls, good, path)


def _made(cls: type[Any], values: dict[str, Any], path: str) -> Any:
    try:
        return cls(**values)
    except ValidationError as error:
        errors = error.each()
    return Refused(tuple(error.at(_below(path, error.field)) for error in errors))


def _unknown(cls: type, entries: Iterable[object], path: str) -> list[ValidationError]:
    problem, hint = f"{cls.__name__} has no such field", f"use {', '.join((KIND, *fields(cls)))}"
    return [
        ValidationError(_below(path, _key(key)), None, problem, hint, secret=True)
        for key in islice(entries, MAX_LISTED)
    ]


def _key(key: object) -> str:
    """Return a key as a step of a path: quoted, unless it could be the name of a field."""
    fits = is_a(key, str) and len(key) <= MAX_SHOWN and key.isascii() and key.isidentifier()
    return str(key) if fits else shown(key)


def _missing(cls: type, found: Iterable[str], path: str) -> list[ValidationError]:
    return [
        ValidationError(_below(path, name), None, "it is missing", f"a {cls.__name__} needs it")
        for name, field in fields(cls).items()
        if field.default is attrs.NOTHING and name not in found
    ]


def _converted(cls: type, values: dict[str, Any], path: str) -> list[ValidationError]:
    """Return the errors of fields that are wrong by themselves."""
    errors = []
    for name, value in values.items():
        field = fields(cls)[name]
        if issubclass(cls, Checked):
            found = refusal(field, shielded(value) if is_secret(field) else value)
        else:
            found = _type_error(types(cls)[name], value, name)
        if found is not None:
            errors.append(found.at(_below(path, name)))
    return errors


def _type_error(hint: Any, value: object, name: str) -> ValidationError | None:
    """Return the error of a value that has none of the types, for a class without converters."""
    names = " or ".join(option.__name__ for option in options(hint))
    if type(value) in options(hint):
        return None
    return ValidationError(name, value, "it has the wrong type", f"give {names}")


def _argument(hint: Any, value: Any, path: str, depth: int) -> Any:
    """Return *value* with its dictionaries parsed; converters check the rest."""
    if _is_mapping(value):
        bases = mappings(hint)
        if bases:
            return parsed(bases, value, path, depth - 1)
        return _refused(path, "it is a dictionary", "give text, a number, true, false or a list")
    if type(value) not in {list, tuple}:
        return value
    if depth < 1 or len(value) > MAX_ITEMS:
        return _refused(path, "it is nested too deeply or too long", "give a shorter list")
    items = [
        _argument(element(hint), item, f"{path}[{number}]", depth - 1)
        for number, item in enumerate(value)
    ]
    errors = [error for item in items if isinstance(item, Refused) for error in item.errors]
    return Refused(tuple(errors)) if errors else tuple(items)
