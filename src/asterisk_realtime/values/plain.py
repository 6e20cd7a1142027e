"""
Values that need no knowledge of Asterisk: text, yes or no, a number, one word of a set, a list.

A value may not behave like its type: a subclass is turned into the builtin type that it derives
from before anything is compared, so that an object that raises or lies gets a `ValidationError`
like any other bad value.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeGuard, TypeVar

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.values.secret import Secret

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

MAX_ITEMS: Final = 10_000
"""Most elements of any list; columns limit most lists further."""


def is_a(value: object, *kinds: type[T]) -> TypeGuard[T]:
    """Tell whether *value* really is one of *kinds*, even if its ``__class__`` says otherwise."""
    return issubclass(type(value), kinds)


def text(value: object, field: str, *, most: int, hint: str = "give a str") -> str:
    """
    Return *value* as a plain ``str``.

    Raises:
        ValidationError: It is not text, or longer than *most* characters, which also limits the
            time that a pattern takes.
    """
    if not is_a(value, str):
        raise ValidationError(field, value, "it is not text", hint)
    plain = str.__str__(value)
    if len(plain) > most:
        raise ValidationError(
            field, plain, f"it has {len(plain)} characters", f"use at most {most}"
        )
    return plain


def matching(
    pattern: re.Pattern[str], value: object, field: str, problem: str, hint: str, *, most: int
) -> str:
    """
    Return *value* if it is text of up to *most* characters that *pattern* matches completely.

    Raises:
        ValidationError: It is not, with *problem* and *hint*.
    """
    if is_a(value, str):
        plain = text(value, field, most=most)
        if pattern.fullmatch(plain):
            return plain
    raise ValidationError(field, value, problem, hint)


def secret_text(value: object, field: str) -> Secret:
    """
    Return *value*, a text or a `Secret`, as a secret.

    Raises:
        ValidationError: It is neither, or the asterisks that are shown instead of a secret; the
            value is not shown.
    """
    held = value.reveal() if is_a(value, Secret) else value
    if not is_a(held, str):
        raise ValidationError(field, value, "it is not text", "give a str", secret=True)
    found = Secret(str.__str__(held))
    if found == HIDDEN:
        problem = "it is the text shown instead of a secret"
        raise ValidationError(field, value, problem, "give its reveal()", secret=True)
    return found


def flag(value: bool, field: str = "flag") -> bool:  # noqa: FBT001 - a converter
    """
    Return *value* if it is True or False.

    Raises:
        ValidationError: It is neither.
    """
    if type(value) is not bool:
        raise ValidationError(field, value, "it is neither True nor False", "give a bool")
    return value


def whole_number(value: int, field: str = "number", *, lowest: int, highest: int) -> int:
    """
    Return *value* if it is a whole number from *lowest* to *highest*, both included.

    Raises:
        ValidationError: It is not.
    """
    found = int.__int__(value) if is_a(value, int) and type(value) is not bool else None
    if found is None or not lowest <= found <= highest:
        problem = "it is not a whole number" if found is None else "it is out of range"
        raise ValidationError(field, value, problem, f"give a whole number, {lowest} to {highest}")
    return found


def member(choices: type[E], value: str, field: str = "choice") -> E:
    """
    Return the member of *choices* that *value* is, or whose text it is.

    Raises:
        ValidationError: It is not a member.
    """
    known = {str(choice): choice for choice in choices}
    found = known.get(str.__str__(value)) if is_a(value, str) else None
    if found is None:
        raise ValidationError(
            field, value, "it is an unknown value", f"use one of {', '.join(choices)}"
        )
    return found


def items(
    value: object,
    field: str,
    hint: str,
    *,
    problem: str = "it is not a list",
    most: int = MAX_ITEMS,
) -> tuple[Any, ...]:
    """
    Return the elements of *value*: a list, tuple, set, or any other iterable.

    Raises:
        ValidationError: It is a text, a mapping, a class or not a list, has more than *most*
            elements, or raises an error of its own during the iteration.
    """
    if is_a(value, str, bytes, bytearray, dict, type, Secret):
        raise ValidationError(field, value, problem, hint)
    try:
        found = tuple(islice(value, most + 1))  # type: ignore[call-overload]  # any object at all
    except Exception:  # noqa: BLE001 - the caller's object may raise whatever it likes
        found = None
    if found is None:
        raise ValidationError(field, value, problem, hint)
    if len(found) > most:
        raise ValidationError(
            field, value, f"it has more than {most} elements", f"give at most {most}"
        )
    return found


def one_or_more(value: Any, field: str = "value", hint: str = "give a list") -> tuple[Any, ...]:
    """
    Return *value* as a tuple: itself if it is one text, its elements if it is a list.

    Raises:
        ValidationError: It is neither.
    """
    return (value,) if is_a(value, str) else items(value, field, hint, most=MAX_ITEMS)


def instances(
    value: Iterable[Any], kind: type[Any], field: str, problem: str, hint: str
) -> tuple[Any, ...]:
    """
    Return *value* if it is a list of *kind*.

    Raises:
        ValidationError: It is not.
    """
    found = items(value, field, hint, problem=problem)
    for item in found:
        if not is_a(item, kind):
            raise ValidationError(field, item, f"it is not of type {kind.__name__}", hint)
    return found


def fitting(
    found: tuple[str, ...], value: object, field: str, hint: str, *, most: int, separator: str = ","
) -> tuple[str, ...]:
    """
    Return *found*, the elements of *value*, if they fit into one cell of *most* characters.

    Raises:
        ValidationError: With *separator* between them they take more.
    """
    if len(separator.join(found)) > most:
        raise ValidationError(field, value, f"together they take more than {most} characters", hint)
    return found
