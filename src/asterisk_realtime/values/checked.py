"""Classes that check all fields of an instance, and raise all errors together."""

from __future__ import annotations

from abc import ABCMeta
from inspect import Signature, signature
from typing import TYPE_CHECKING, Any, cast, get_args

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.values.plain_data import plain_data
from asterisk_realtime.values.secret import SECRET, shielded

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen
class _Rejected:
    """The error of a refused value, kept in its field until all fields are checked."""

    error: ValidationError


def gather(_cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """
    Make each converter of a class return its error instead of raising it (an attrs hook).

    A field that a subclass declares again, with a default of its own, keeps its place.
    """
    bases = [base for base in reversed(_cls.__mro__[1:]) if attrs.has(base)]
    inherited = [field.name for base in bases for field in attrs.fields(base)]
    places = {name: place for place, name in enumerate(dict.fromkeys(inherited))}
    return [
        field.evolve(converter=_storing_error(field.converter or _as_given, field))
        for field in sorted(fields, key=lambda field: places.get(field.name, len(places)))
    ]


def _as_given(value: object) -> object:
    return value


def _storing_error(converter: Any, field: attrs.Attribute[Any]) -> Callable[[object], object]:
    """Return *converter* for plain data, as one that returns its error instead of raising it."""
    name = field.name

    def convert(value: object) -> object:
        try:
            return converter(plain_data(value, name))
        except ValidationError as error:
            return _Rejected(error.at(name))

    # What inspect.signature() and help() show of the class's parameters.
    convert.__annotations__["value"] = _taken(converter) or field.type
    return convert


def _taken(converter: Any) -> object:
    """Return the annotation of a converter's parameter, or None."""
    first = next(iter(signature(converter).parameters.values()), None)
    if first is None or first.annotation is first.empty:
        return None
    # attrs' optional() makes Optional[ForwardRef('str')] of 'str'.
    options = [getattr(part, "__forward_arg__", part) for part in get_args(first.annotation)]
    texts = [part for part in options if isinstance(part, str)]
    return f"{texts[0]} | None" if len(options) == len(texts) + 1 and texts else first.annotation


def is_secret(field: attrs.Attribute[Any]) -> bool:
    """Tell whether errors must not show what the field holds."""
    return SECRET.items() <= field.metadata.items()


def refusal(field: attrs.Attribute[Any], value: object) -> ValidationError | None:
    """Return the error that a field's converter has for *value*, or None."""
    found = _converted(field, value)
    return found.error if isinstance(found, _Rejected) else None


def kept(field: attrs.Attribute[Any], value: object) -> object:
    """
    Return *value* as a field keeps it.

    Raises:
        ValidationError: The field's converter refuses it.
    """
    found = _converted(field, value)
    if isinstance(found, _Rejected):
        raise found.error
    return found


def _converted(field: attrs.Attribute[Any], value: object) -> object:
    convert: Any = field.converter
    return convert(value)


def hidden(value: object) -> str:
    """Show that there is a secret, but not its text (a field's ``repr``)."""
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

        @property
        def __signature__(cls) -> Signature:
            """What ``inspect.signature()`` and ``help()`` show: the parameters of ``__init__``."""
            found = signature(cls.__init__)
            return found.replace(parameters=list(found.parameters.values())[1:])

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
    Base of the classes whose instances are checked when they are created.

    A subclass is ``@attrs.frozen(kw_only=True, field_transformer=gather)``; its converters return
    the value as it is kept or raise `ValidationError`, and `agree` returns contradictions between
    fields. A default that is computed from another field must not fail if that one was refused.
    """

    def check(self) -> None:
        """
        Raise the errors that the fields' converters and `agree` found.

        Raises:
            ValidationError: A field is wrong.
        """
        names = [field.name for field in attrs.fields(cast("Any", type(self)))]
        values = [getattr(self, name) for name in names]
        errors = [value.error for value in values if isinstance(value, _Rejected)]
        errors = errors or self.agree()
        if errors:
            raise ValidationError.joined(f"{type(self).__name__} has invalid fields", errors)

    def agree(self) -> list[ValidationError]:
        """Return the contradictions between valid fields."""
        return []
