"""Classes whose instances are valid: every field is looked at before anything is refused."""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any, cast

import attrs

from asterisk_realtime.errors import InvalidValueError, InvalidValuesError
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.values.plain_data import plain_data
from asterisk_realtime.values.secret import SECRET, shielded

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen
class _Rejected:
    """Stands in a field whose value was refused, until all fields have been looked at."""

    error: InvalidValueError


def gather(_cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Have each converter of a class note its complaint instead of raising it (an attrs hook)."""
    return [
        field.evolve(converter=_noting(field.converter or _as_given, field.name))
        for field in fields
    ]


def _as_given(value: object) -> object:
    return value


def _noting(converter: Any, name: str) -> Callable[[object], object]:
    """Return *converter* for plain data, with its error as the result instead of raised."""

    def convert(value: object) -> object:
        try:
            return converter(plain_data(value, name))
        except InvalidValueError as error:
            return _Rejected(error.at(name))

    return convert


def is_secret(field: attrs.Attribute[Any]) -> bool:
    """Tell whether errors must not show what the field holds."""
    return SECRET.items() <= field.metadata.items()


def refusal(field: attrs.Attribute[Any], value: object) -> InvalidValueError | None:
    """Return the error that a field's converter has for *value*, or None."""
    convert: Any = field.converter
    found = convert(value)
    return found.error if isinstance(found, _Rejected) else None


def hidden(value: object) -> str:
    """Show that a secret is there, and nothing of it (a field's ``repr``)."""
    return HIDDEN if value is not None else "None"


class _Guarded(ABCMeta):
    """
    The metaclass of `Checked`: it creates an instance, and then raises its errors.

    It raises here and not in ``__init__``, since a traceback would show that frame with the values
    that were given, such as a URI with a password.
    """

    if not TYPE_CHECKING:  # type checkers must see the signature of __init__

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            args, kwargs = cls._shielded(args, kwargs)
            made = super().__call__(*args, **kwargs)
            del args, kwargs
            made.check()
            return made

    def _shielded(
        cls, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments, with those of secret fields and of unknown fields hidden."""
        fields = attrs.fields(cast("Any", cls)) if attrs.has(cls) else ()
        secret = {field.name for field in fields if is_secret(field)}
        secret |= kwargs.keys() - {field.alias for field in fields}
        names = [field.name for field in fields if field.init and not field.kw_only]
        names += [""] * (len(args) - len(names))
        return (
            tuple(
                shielded(arg) if name in secret else arg
                for name, arg in zip(names, args, strict=False)
            ),
            {name: shielded(arg) if name in secret else arg for name, arg in kwargs.items()},
        )


class Checked(metaclass=_Guarded):
    """
    Base of the classes that are valid by construction.

    A subclass is ``@attrs.frozen(kw_only=True, field_transformer=gather)``; its converters return
    the value as it is kept or raise `InvalidValueError`, and `agree` returns what is wrong between
    its fields. A default that is computed from another field must bear that this one was refused.
    """

    def check(self) -> None:
        """
        Raise the errors that the fields' converters and `agree` found.

        Raises:
            InvalidValueError: One field is wrong; InvalidValuesError if several are.
        """
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
