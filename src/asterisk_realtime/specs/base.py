"""The base class of all specs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from asterisk_realtime.specs.data import pydantic_hook
from asterisk_realtime.specs.data.parsing import Refused, parsed
from asterisk_realtime.specs.data.schema import schema_of
from asterisk_realtime.specs.data.writing import dictionary
from asterisk_realtime.values.checked import Checked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from pydantic_core import CoreSchema
    from typing_extensions import TypeVar as TypeVarWithDefault

    R_co = TypeVarWithDefault("R_co", covariant=True, default=Any)
else:
    R_co = TypeVar("R_co", covariant=True)


class Spec(Checked, Generic[R_co]):
    """
    Base class of all specs: the desired state of a trunk, a phone, a queue and so on.

    Fields are checked when a spec is created. The verbs, such as `asterisk_realtime.create`, take
    any spec. It can be written as JSON and read back, and can be a field of a pydantic model or the
    body of a FastAPI request. For type checkers, it is generic in the rows that
    `asterisk_realtime.create` returns.
    """

    def part(self) -> Spec:
        """Return the spec that is stored: a provider's trunk as `Trunk`, others as they are."""
        return self

    @classmethod
    def part_kinds(cls) -> tuple[type[Spec], ...]:
        """Return the classes that `part` may return."""
        return (cls,)

    @classmethod
    def of_part(cls, part: Spec) -> Self:
        """
        Return the spec whose `part` is *part*.

        Raises:
            ValidationError: No spec of this class has it, as with another provider's trunk.
        """
        return cast("Self", part)

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """
        Return the spec as a dictionary that ``json.dumps`` takes.

        Its first key, ``kind``, holds the name of the class; then comes each field by its name.
        Enums are their values, tuples are lists, networks, patterns and caller IDs are text, and
        parts such as a `Member` are dictionaries with a ``kind`` of their own::

            Mailbox(number="100", pin="4711").to_dict()
            # {"kind": "Mailbox", "number": "100", "context": "default", "pin": "**********", ...}

        Args:
            reveal: Whether passwords and PINs are shown. Otherwise they are asterisks, which
                `from_dict` refuses.
        """
        return dictionary(self, reveal=reveal)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """
        Return the spec that a dictionary describes, as `to_dict` writes it.

        Keys that are left out take their defaults. A field takes what the constructor takes, with
        dictionaries for its parts. ``Spec.from_dict`` chooses the class by ``kind``; a class's own
        ``from_dict`` needs no ``kind``::

            Spec.from_dict({"kind": "Phone", "id": "101", "context": "internal"})
            Phone.from_dict({"id": "101", "context": "internal"})

        Args:
            data: The dictionary.

        Raises:
            ValidationError: Fields are wrong, missing or unknown, hold a masked secret, or the kind
                is another one; ``field`` of each is its path, such as ``members[0].phone``.
        """
        found = parsed((cls,), data)
        del data  # or a traceback would show its passwords in this frame
        if isinstance(found, Refused):
            found.raised(cls.__name__)
        return cast("Self", found)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """
        Return the JSON Schema (draft 2020-12) of the dictionaries that `to_dict` returns.

        ``Spec.json_schema()`` describes the specs of all classes. Rules that only the
        constructor checks, such as the length of a name, are not in it::

            Phone.json_schema()["required"]  # ["id", "context"]
        """
        return schema_of(cls)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        # Only pydantic calls this, so pydantic need not be installed otherwise.
        return pydantic_hook.core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _core_schema: Any, handler: Callable[[Any], dict[str, Any]]
    ) -> dict[str, Any]:
        return pydantic_hook.json_schema_of(cls, handler)
