"""Keys, which identify one phone, queue, mailbox and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, ParamSpec, Protocol, TypeVar

import attrs

from asterisk_realtime.errors import ValidationError

if TYPE_CHECKING:
    from typing import Self

    from asterisk_realtime.specs.base import Spec

P = ParamSpec("P")
S_co = TypeVar("S_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)


@attrs.frozen(repr=False)
class Key(Generic[S_co, R_co]):
    """
    What identifies one phone, queue, mailbox and so on.

    Attributes:
        kind: The class of its spec.
        parts: The values of the spec's fields that identify it, by field name.
    """

    kind: type[Spec]
    parts: dict[str, str]

    @classmethod
    def of(cls, kind: type[Spec], **parts: str) -> Self:
        """
        Return the key with these parts.

        Raises:
            ValidationError: A part is not text.
        """
        for field, part in parts.items():
            if not isinstance(part, str):
                raise ValidationError(field, part, "it is not text", "give a str")
        return cls(kind, {field: str(part) for field, part in parts.items()})

    def __hash__(self) -> int:
        """Return a hash of all parts, so that keys can be in sets."""
        return hash((self.kind, frozenset(self.parts.items())))

    def __repr__(self) -> str:
        """Return the expression that creates it."""
        parts = (f"{name}={value!r}" for name, value in self.parts.items())
        return f"{self.kind.__name__}.key({', '.join(parts)})"


class Keyed(Protocol[P, S_co, R_co]):
    """
    A class of specs with a ``key``, for type checkers.

    The verbs take a class and then what its ``key`` takes: ``get(session, Phone, "101")``.
    """

    def key(self, *args: P.args, **kwargs: P.kwargs) -> Key[S_co, R_co]:
        """Return the key of one object."""
        ...
