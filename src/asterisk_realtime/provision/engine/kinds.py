"""The interface by which the engine provisions a kind of thing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from asterisk_realtime.errors import NotFoundError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.listing import Listing
    from asterisk_realtime.provision.engine.records import Rows, Wanted
    from asterisk_realtime.provision.engine.scopes import Question, Scope
    from asterisk_realtime.provision.engine.view import View
    from asterisk_realtime.values.secret import Secret

S = TypeVar("S")
R = TypeVar("R")

KeyValues = tuple[str, ...]
"""The parts of a key: a phone's id; a route's context and pattern."""


_PLACES: Final = frozenset({"context", "queue"})
"""Fields of keys that say where a thing is."""


class Kind(ABC, Generic[S, R]):
    """
    One kind of thing: which rows it has, how a spec becomes rows, and rows a spec.

    Attributes:
        word: The kind's name in messages: ``phone``.
        fields: The fields of a spec that are its key.
        text: Format of a thing's name in messages, from *word* and the values of *fields*.
        shared: Tables whose rows stay if another row names them when the thing is removed.
        listing: How its things are listed.
        named_by_others: Whether its things are named after others, so that they cannot be renamed.
    """

    word: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ("name",)
    text: ClassVar[str] = "{word} {0!r}"
    shared: ClassVar[frozenset[type[Base]]] = frozenset()
    listing: ClassVar[Listing]
    named_by_others: ClassVar[bool] = False

    def key(self, spec: S) -> KeyValues:
        """Return the key of the thing."""
        return tuple(str(getattr(spec, name)) for name in self.fields)

    def missing(self, key: KeyValues) -> NotFoundError:
        """Return the error for a thing that does not exist."""
        # "100 in default": the context or queue comes last, wherever it is in the key.
        pairs = zip(self.fields, key, strict=True)
        parts = [value for _field, value in sorted(pairs, key=lambda pair: pair[0] in _PLACES)]
        return NotFoundError(self.word, " in ".join(parts), "check its name")

    @abstractmethod
    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return the scopes of its rows; a thing exists if the first scope has a row."""

    def scopes_by_name(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return the scopes of the rows that are renamed with the thing."""
        return self.scopes(key)

    def check_new_key(self, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        """
        Refuse a new key that a thing must not have.

        Args:
            old: The parts of its key, by field name.
            new: The parts of the new key.

        Raises:
            ValidationError: It must not have the new key.
        """
        del old, new

    def parts(self, spec: S) -> Iterable[tuple[Kind[Any, Any], KeyValues]]:
        """Return the parts of a thing that are things themselves."""
        del spec
        return ()

    def check_replaced(self, spec: S, rows: Sequence[Base]) -> None:
        """
        Refuse to replace *rows*, which no spec of this kind describes, by *spec*.

        Raises:
            ConflictError: *spec* must not replace what they do.
        """
        del spec, rows

    @abstractmethod
    def rows(self, spec: S, found: Rows, view: View) -> Iterable[Wanted]:
        """Return the rows that *spec* means."""

    @abstractmethod
    def read(self, key: KeyValues, found: Rows) -> S:
        """Return the spec that the rows mean."""

    @abstractmethod
    def group(self, key: KeyValues, rows: Rows) -> R:
        """Return a thing's rows, which are in the caller's session, as the verbs return them."""

    def with_secret(self, spec: S, secret: Secret) -> S:
        """
        Return *spec* with another password.

        Raises:
            ValidationError: A thing of this kind has no password of its own, or must not have
                this one.
        """
        del spec, secret
        raise self._no_password()

    def new_secret(self, spec: S) -> Secret:
        """
        Return a random password for a thing.

        Raises:
            ValidationError: A thing of this kind has no password of its own.
        """
        del spec
        raise self._no_password()

    def _no_password(self) -> ValidationError:
        problem = "it has no password of its own"
        return ValidationError("kind", self.word, problem, "give a phone or a mailbox")

    @property
    def password_kind(self) -> Kind[S, Any]:
        """The kind that writes the password of an existing thing."""
        return self

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
        """Return the scopes of more of its rows, which the rows *found* name."""
        del key, found
        return ()

    def depends_on(self, spec: S) -> tuple[Scope, ...]:
        """Return the scopes of rows of others that its own depend on."""
        del spec
        return ()

    def questions(self, spec: S) -> tuple[Question, ...]:
        """Return the questions of `check`, so that one statement asks them all."""
        del spec
        return ()

    def owned(self, spec: S | None, found: Rows) -> Iterable[Base]:
        """Return the rows to remove with the thing; with *spec*, those that it may remove."""
        del spec
        return found

    def when_removed(self, key: KeyValues, found: Rows) -> Iterable[Wanted]:
        """Return the changes to rows that stay when the thing is removed."""
        del key, found
        return ()

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        """Describe the rows if they are another kind of thing; else return None."""
        del key, found
        return None

    def undeletable(self, key: KeyValues, found: Rows) -> str | None:
        """Describe the rows if they cannot be deleted as a thing of this kind; else return None."""
        return self.foreign(key, found)

    def beside(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return the scopes of another thing, if the rows of *key* may be part of it."""
        del key
        return ()

    def is_beside(self, key: KeyValues, view: View) -> bool:
        """Tell whether the rows of *key* are part of another thing, so that they are not listed."""
        del key, view
        return False

    def check(self, spec: S, view: View) -> None:
        """
        Refuse what contradicts the rows of others, as they will be.

        Raises:
            ConflictError: *spec* contradicts rows of others.
            NotFoundError: *spec* names something that does not exist.
            ValidationError: A value of *spec* does not fit these rows.
        """

    def label(self, key: KeyValues) -> str:
        """Return the name of a thing in messages: ``phone '100'``."""
        return self.text.format(*key, word=self.word)
