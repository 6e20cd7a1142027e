"""Find the thing of a key: its kind, its spec and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from asterisk_realtime.errors import ConflictError, ValidationError
from asterisk_realtime.provision.engine import execution
from asterisk_realtime.provision.registry import KINDS, kind_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.records import Rows
    from asterisk_realtime.specs.base import Spec
    from asterisk_realtime.specs.keys import Key


def values_of(kind: Kind[Any, Any], key: Key[Any, Any]) -> KeyValues:
    """Return the parts of a key in the order of the kind's fields."""
    return tuple(key.parts[name] for name in kind.fields)


@attrs.frozen
class Thing:
    """
    A thing that exists.

    Attributes:
        kind: Its kind.
        values: The parts of its key.
        spec: The thing as a spec of the class that was asked for.
        rows: The session's rows of it.
    """

    kind: Kind[Any, Any]
    values: KeyValues
    spec: Spec[Any]
    rows: Rows


def thing_of(session: Session, key: Key[Any, Any]) -> Thing | None:
    """
    Return the thing of a key, or None if it does not exist.

    Raises:
        ConflictError: Its rows cannot be read as a spec of the key's class.
    """
    for kind in _kinds(key):
        values = values_of(kind, key)
        found = execution.find(session, kind, values)
        if found is not None:
            part, rows = found
            return Thing(kind, values, _as_asked(key.kind, part, kind.label(values)), rows)
    return None


def kind_there(session: Session, key: Key[Any, Any]) -> Kind[Any, Any]:
    """
    Return the kind of a thing; for a provider's trunk, that of the existing trunk, if any.

    Raises:
        ConflictError: The existing trunk is another provider's.
    """
    if key.kind not in KINDS:
        found = thing_of(session, key)
        if found is not None:
            return found.kind
    return _kinds(key)[-1]


def _kinds(key: Key[Any, Any]) -> list[Kind[Any, Any]]:
    return [kind_of(part) for part in key.kind.part_kinds()]


def _as_asked(kind: type[Spec[Any]], part: Spec[Any], label: str) -> Spec[Any]:
    try:
        return kind.of_part(part)
    except ValidationError as error:
        raise ConflictError(
            f"{kind.__name__} from {label}",
            f"what its rows hold ({error})",
            f"get it as a {type(part).__name__}",
        ) from error
