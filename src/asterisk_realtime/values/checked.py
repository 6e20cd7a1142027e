"""Classes whose instances are valid: every field is looked at before anything is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import attrs

from asterisk_realtime.errors import HIDDEN, InvalidValueError, InvalidValuesError

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen
class _Rejected:
    """Stands in a field whose value was refused, until all fields have been looked at."""

    error: InvalidValueError


def gather(_cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Have each converter of a class note its complaint instead of raising it (an attrs hook)."""
    return [
        field.evolve(converter=_noting(field.converter, field.name)) if field.converter else field
        for field in fields
    ]


def _noting(converter: Any, name: str) -> Callable[[object], object]:
    """Return *converter* with its complaint as its result."""

    def convert(value: object) -> object:
        try:
            return converter(value)
        except InvalidValueError as error:
            return _Rejected(error.at(name))

    return convert


def hidden(value: object) -> str:
    """Show that a secret is there, and nothing of it (a field's ``repr``)."""
    return HIDDEN if value is not None else "None"


class Checked:
    """
    Base of the classes that are valid by construction.

    A subclass is ``@attrs.frozen(kw_only=True, field_transformer=gather)``; its converters return
    the value as it is kept or raise `InvalidValueError`, and `agree` returns what is wrong between
    its fields. A default that is computed from another field must bear that this one was refused.
    """

    def __attrs_post_init__(self) -> None:
        """Raise what the fields' converters and `agree` found."""
        names = [field.name for field in attrs.fields(cast("Any", type(self)))]
        values = [getattr(self, name) for name in names]
        errors = [value.error for value in values if isinstance(value, _Rejected)]
        errors = errors or self.agree()
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise InvalidValuesError(f"{type(self).__name__} has invalid fields", errors)

    def agree(self) -> list[InvalidValueError]:
        """Return the contradictions between valid fields."""
        return []
