"""What the fields of a spec hold, as their annotations say."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from inspect import get_annotations
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeGuard, Union, cast, get_args, get_origin
from typing import get_type_hints as resolved

import attrs
import netaddr

from asterisk_realtime.specs.destinations import Destination
from asterisk_realtime.values.checked import Checked

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND: Final = "kind"
"""The key that holds the name of a dictionary's class."""

_TYPE_CHECKING: Final = {"IPNetwork": netaddr.IPNetwork}
"""Types that the modules of specs import for type checkers only."""


def fields(cls: type) -> dict[str, attrs.Attribute[Any]]:
    """Return the fields that a caller gives, by their names."""
    return {field.name: field for field in attrs.fields(cast("Any", cls)) if field.init}


def types(cls: type) -> Mapping[str, Any]:
    """Return the type of each field, from the annotation where it is declared."""
    return _types(cls)


@cache  # separate, since mypy refuses a ``type`` as an argument of a cached function
def _types(cls: Any) -> Mapping[str, Any]:
    return {name: _declared(cls, name) for name in fields(cls)}


def _declared(cls: type, name: str) -> Any:
    owner = next(base for base in cls.__mro__ if name in get_annotations(base))
    # The class variables beside it may name types that do not exist at run time.
    alone = type(
        owner.__name__,
        (),
        {"__module__": owner.__module__, "__annotations__": {name: get_annotations(owner)[name]}},
    )
    return resolved(alone, localns=_TYPE_CHECKING)[name]


def options(hint: Any) -> tuple[Any, ...]:
    """Return the types of a union, without words such as ``KEEP``; of any other type itself."""
    found = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    return tuple(option for option in found if get_origin(option) is not Literal)


def element(hint: Any) -> Any:
    """Return the type of a tuple's elements, also in a union; ``NoneType`` if there is no tuple."""
    for option in options(hint):
        if get_origin(option) is tuple:
            return get_args(option)[0]
    return NoneType


def is_class(option: Any) -> TypeGuard[type]:
    """Tell whether a type is a class, such as ``str``, and not ``tuple[str, ...]``."""
    return isinstance(option, type) and get_origin(option) is None


def mappings(hint: Any) -> tuple[type, ...]:
    """
    Return the classes of a type whose instances are written as a dictionary.

    Specs, their parts and destinations are. A caller ID, or another value with a text form, is a
    text, unless the type also has ``str``: the two would not be told apart.
    """
    found = [option for option in options(hint) if is_class(option)]
    return tuple(
        option
        for option in found
        if issubclass(option, Checked | Destination) or (attrs.has(option) and str in found)
    )


# -- Classes by their names ------------------------------------------------------------------------


def named(name: str) -> Any:
    """Return the public object of that name, or None."""
    # The root package knows all public names, and loads their modules when asked for one.
    root = import_module("asterisk_realtime")
    return getattr(root, name) if name in root.__all__ else None


def public(name: str) -> type | None:
    """Return the public class of that name, or None."""
    found = named(name) if name[:1].isupper() else None  # no module, no function
    return found if isinstance(found, type) else None


@cache
def classes(base: type) -> tuple[type, ...]:
    """Return the classes that an instance of *base* may have, in alphabetical order."""
    if attrs.has(base) and public(base.__name__) is base:
        return (base,)
    listed = map(public, import_module("asterisk_realtime").__all__)
    found = [item for item in listed if item and issubclass(item, base) and attrs.has(item)]
    return tuple(found) or (base,)
