"""What the engine must know of each kind of thing that can be provisioned."""

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
"""What tells one thing of a kind from the others: a phone's id; a route's context and pattern."""


_PLACES: Final = frozenset({"context", "queue"})
"""Fields of keys that say where a thing is."""


class Kind(ABC, Generic[S, R]):
    """
    One kind of thing: which rows it is, and how a spec becomes them and is read back.

    Attributes:
        word: How messages call it: ``phone``.
        fields: The fields of a spec that tell one of them from the others.
        text: How messages call one of them, from *word* and the values of *fields*.
        shared: Tables whose rows stay when the thing goes, if another row names them.
        listing: Where its things are listed.
        named_by_others: Whether its things have the names of others, and no other ones.
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
        # "100 in default": where it is comes last, wherever it is in the key.
        pairs = zip(self.fields, key, strict=True)
        parts = [value for _field, value in sorted(pairs, key=lambda pair: pair[0] in _PLACES)]
        return NotFoundError(self.word, " in ".join(parts), "check its name")

    @abstractmethod
    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return where its rows are, the first where it must have one to be there at all."""

    def scopes_by_name(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return the rows that have another name when the thing has another key."""
        return self.scopes(key)

    def check_new_key(self, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        """
        Refuse a key that a thing cannot get.

        Args:
            old: The key that it has, by the fields' names.
            new: The other key.

        Raises:
            ValidationError: It cannot get it.
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
            ConflictError: They do something that *spec* must not replace.
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
        """Return a thing's rows, of those of the caller's session, as the verbs return them."""

    def with_secret(self, spec: S, secret: Secret) -> S:
        """
        Return *spec* with another password.

        Raises:
            ValidationError: A thing of this kind has no password of its own, or cannot have that.
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
        return ValidationError("kind", self.word, problem, "name a phone or a mailbox")

    @property
    def password_kind(self) -> Kind[S, Any]:
        """The kind that writes the password of an existing thing."""
        return self

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
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

    def left(self, key: KeyValues, found: Rows) -> Iterable[Wanted]:
        """Return what rows that stay are to be when the thing goes."""
        del key, found
        return ()

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        """Return what the rows are, if they are another kind of thing."""
        del key, found
        return None

    def undeletable(self, key: KeyValues, found: Rows) -> str | None:
        """Return a description of the rows if they cannot be deleted as a thing of this kind."""
        return self.foreign(key, found)

    def beside(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return rows of another thing that those of *key* may be part of."""
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
            ConflictError: Something does.
            NotFoundError: What *spec* names is not there.
        """

    def label(self, key: KeyValues) -> str:
        """Return how messages call one of them: ``phone '100'``."""
        return self.text.format(*key, word=self.word)
