"""What `plan` and `apply` accept beside specs: `Absent`, `New`, `Replace`, `Rename`, `Within`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.registry import key_of, kind_of
from asterisk_realtime.provision.searching import Search, searches, without_secrets
from asterisk_realtime.showing import called
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values.checked import kept
from asterisk_realtime.values.json_types import plain

if TYPE_CHECKING:
    from asterisk_realtime.specs.keys import Keyed, P

S = TypeVar("S")


class Absent:
    """
    A thing to remove, for `plan` and `apply`; if it does not exist, nothing changes.

    It takes the class and the key, as `get` does: ``Absent(Phone, "101")``,
    ``Absent(Mailbox, number="100", context="acme")``.

    Args:
        kind: Class of its spec.
        *args: Its key, as the class's ``key`` takes it.
        **kwargs: The key's parts by field name.

    Raises:
        ValidationError: The class has no key; or a part of the key is missing, unknown or not
            text.
    """

    def __init__(self, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.key = key_of(kind, args, kwargs)

    def __repr__(self) -> str:
        """Return the expression that creates it."""
        parts = (f"{name}={value!r}" for name, value in self.key.parts.items())
        return f"Absent({', '.join([self.key.kind.__name__, *parts])})"


class Rename:
    """
    A thing to rename, for `plan` and `apply`: it and the rows that name it get the new key.

    ``Rename(Phone.key("101"), Phone.key("201"))`` renames a phone in its own rows, in columns of
    other objects, in queues, and in the dialplan's Dial, Queue, VoiceMail, FollowMe, MusicOnHold,
    Goto and Gosub. It does not change the steps of follow-me profiles, or a Goto within the
    arguments of another application. Columns that specs do not cover keep their values, and
    passwords stay. A plan shows the rows with the old key as removed and those with the new key as
    added; the database gets an UPDATE. A phone keeps its user name, but must register under its
    new id. The messages of a mailbox stay under its old number.

    Args:
        old: The key of an existing thing.
        new: The key that it gets, of the same class.

    Raises:
        ValidationError: One of them is not a key; they are of two classes; things of this class
            are named after others, as `Allowance` and `QueueMembership`; a part of the new key is
            not valid; an outbound route would get another pattern; or one is the name of an access
            list that the library writes itself.
    """

    def __init__(self, old: Key[S, Any], new: Key[S, Any]) -> None:
        for name, key in (("old", old), ("new", new)):
            if not isinstance(key, Key) or not isinstance(key.parts, dict):
                hint = 'give one, such as Phone.key("101")'
                raise ValidationError(name, called(key), "it is not a key", hint)
        old, new = key_of(old.kind, (), old.parts), key_of(new.kind, (), new.parts)
        if old.kind is not new.kind:
            problem = f"it is a {new.kind.__name__}'s key, and old is a {old.kind.__name__}'s"
            raise ValidationError("new", new.parts, problem, "give keys of one class")
        kinds = [kind_of(part) for part in old.kind.part_kinds()]
        if any(kind.named_by_others for kind in kinds):
            hint = "create the new one, and delete the old one"
            raise ValidationError("old", old.kind.__name__, "it cannot be renamed", hint)
        fields = attrs.fields_dict(cast("Any", new.kind))
        parts = {name: str(plain(kept(fields[name], part))) for name, part in new.parts.items()}
        for kind in kinds:
            kind.check_new_key(old.parts, parts)
        self.old: Key[Any, Any] = old
        self.new: Key[Any, Any] = Key.of(new.kind, **parts)

    def __repr__(self) -> str:
        """Return the expression that creates it."""
        return f"Rename({self.old!r}, {self.new!r})"


class Within:
    """
    A scope for ``prune`` of `plan` and `apply`: the things of some kinds with some field values.

    ``Within(Phone, Mailbox, context="acme")`` covers the phones and mailboxes of a context;
    ``Within(context="acme")`` covers the things of all kinds with that context.

    Args:
        *kinds: Classes of specs; if none is given, all that have the fields.
        **filters: Values of fields, as for `find`.

    Raises:
        ValidationError: A kind is not a class of specs; a filter is not a field of it, is secret,
            or has a value that no spec may have; or neither kinds nor filters are given.
    """

    def __init__(self, *kinds: type[Spec], **filters: object) -> None:
        filters = without_secrets(filters)  # or a traceback would show them in this frame
        self.searches: tuple[Search, ...] = ()
        if not kinds and not filters:
            hint = "give classes of specs, a field such as context, or both"
            raise ValidationError("prune", "Within()", "it would remove everything", hint)
        self.searches = tuple(
            search
            for kind in kinds or (Spec,)
            for search in searches(kind, filters, None, descending=False)
        )

    def __repr__(self) -> str:
        """Return the kinds and the filters."""
        names = dict.fromkeys(search.spec.__name__ for search in self.searches)
        given = self.searches[0].filters if self.searches else {}
        filters = (f"{name}={value!r}" for name, value in given.items())
        return f"Within({', '.join([*names, *filters])})"


class _Wrapped:
    """Base of `New` and `Replace`, which wrap a spec."""

    def __init__(self, spec: Spec) -> None:
        if not isinstance(spec, Spec):
            hint = f"give one: {type(self).__name__}(Phone(...))"
            raise ValidationError("spec", called(spec), "it is not a spec", hint)
        self.spec = spec

    def __repr__(self) -> str:
        """Return the expression that creates it."""
        return f"{type(self).__name__}({self.spec!r})"


class New(_Wrapped):
    """
    A thing to create, for `plan` and `apply`; if it exists, they raise `ConflictError`.

    Args:
        spec: The wanted spec.

    Raises:
        ValidationError: It is not a spec.
    """


class Replace(_Wrapped):
    """
    A thing that replaces rows of its name that cannot be read, for `plan` and `apply`.

    Rows under its name that cannot be read as a thing of its kind are removed, with an endpoint's
    identify rows, and the spec's rows are added. Such rows come from another tool or a person, or
    belong to another kind of thing, such as a trunk under a phone's id. The plan shows each row. If
    the rows can be read, or there are none, it does the same as the spec alone.

    Args:
        spec: The wanted spec. A provider's trunk is read and written as the `Trunk` or
            `RegistrationTrunk` that stores it.

    Raises:
        ValidationError: It is not a spec.
    """


Item: TypeAlias = Spec | Absent | New | Rename | Replace
"""What `plan` and `apply` accept."""
