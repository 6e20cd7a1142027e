"""What the engine must know of each kind of thing that can be provisioned."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from asterisk_realtime.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.records import Rows, Wanted
    from asterisk_realtime.provision.engine.scopes import Question, Scope
    from asterisk_realtime.provision.engine.view import View

S = TypeVar("S")

Key = tuple[str, ...]
"""What tells one thing of a kind from the others: a phone's id; a route's context and pattern."""


class Kind(ABC, Generic[S]):
    """
    One kind of thing: which rows it is, and how a spec becomes them and is read back.

    Attributes:
        word: How messages call it: ``phone``.
        fields: The fields of a spec that tell one of them from the others.
        text: How messages call one of them, from *word* and the values of *fields*.
        shared: Tables whose rows stay when the thing goes, if another row names them.
    """

    word: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ("name",)
    text: ClassVar[str] = "{word} {0!r}"
    shared: ClassVar[frozenset[type[Base]]] = frozenset()

    def key(self, spec: S) -> Key:
        """
        Return the key of the thing.

        Raises:
            InvalidValueError: *spec* is of another kind, or not a spec.
        """
        try:
            return tuple(str(getattr(spec, name)) for name in self.fields)
        except AttributeError:
            raise InvalidValueError(
                "spec", type(spec).__name__, f"it is not a spec of kind {self.word}", "give one"
            ) from None

    def named(self, *key: object) -> Key:
        """
        Return *key* as text.

        Raises:
            InvalidValueError: A part of it is not text.
        """
        for field, part in zip(self.fields, key, strict=True):
            if not isinstance(part, str):
                raise InvalidValueError(field, part, "it is not text", "give a str")
        return tuple(str(part) for part in key)

    @abstractmethod
    def scopes(self, key: Key) -> tuple[Scope, ...]:
        """Return where its rows are, the first where it must have one to be there at all."""

    def check_replaced(self, spec: S, rows: Sequence[Base]) -> None:
        """
        Refuse to replace *rows*, which no spec of this kind describes, by *spec*.

        Raises:
            ConflictError: They do something that *spec* must not replace.
        """
        del spec, rows

    @abstractmethod
    def rows(self, spec: S, found: Rows, view: View) -> Iterable[Wanted]:
        """Return the rows that *spec* means."""

    @abstractmethod
    def read(self, key: Key, found: Rows) -> S:
        """Return the spec that the rows mean."""

    def related(self, key: Key, found: Rows) -> tuple[Scope, ...]:
        """Return where more of its rows are, as those that were *found* tell."""
        del key, found
        return ()

    def reads(self, spec: S) -> tuple[Scope, ...]:
        """Return rows of others that its own depend on."""
        del spec
        return ()

    def questions(self, spec: S) -> tuple[Question, ...]:
        """Return what `check` will ask, so that it is asked at once."""
        del spec
        return ()

    def owned(self, spec: S | None, found: Rows) -> Iterable[Base]:
        """Return those of the rows found that go with the thing, or if *spec* does without."""
        del spec
        return found

    def left(self, key: Key, found: Rows) -> Iterable[Wanted]:
        """Return what rows that stay are to be when the thing goes."""
        del key, found
        return ()

    def foreign(self, key: Key, found: Rows) -> str | None:
        """Return what the rows are, if they are another kind of thing."""
        del key, found
        return None

    def undeletable(self, key: Key, found: Rows) -> str | None:
        """Return a description of the rows if they cannot be deleted as a thing of this kind."""
        return self.foreign(key, found)

    def check(self, spec: S, view: View) -> None:
        """
        Refuse what contradicts the rows of others, as they will be.

        Raises:
            ConflictError: Something does.
            NotFoundError: What *spec* names is not there.
        """

    def label(self, key: Key) -> str:
        """Return how messages call one of them: ``phone '100'``."""
        return self.text.format(*key, word=self.word)
