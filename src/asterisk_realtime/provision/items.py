"""What `plan` and `apply` take beside specs: `Absent`, `New`, `Replace`, `Rename` and `Within`."""

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

    ``Absent(Phone, "101")`` and ``Absent(Mailbox, number="100", context="acme")`` name it as `get`
    does.

    Args:
        kind: Class of its spec.
        *args: Its key, as the class's ``key`` takes it.
        **kwargs: The same by the names of the spec's fields.

    Raises:
        ValidationError: The class has no key, or the key lacks a part, has one too many, or one
            that is not text.
    """

    def __init__(self, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.key = key_of(kind, args, kwargs)

    def __repr__(self) -> str:
        """Return the expression that creates it."""
        parts = (f"{name}={value!r}" for name, value in self.key.parts.items())
        return f"Absent({', '.join([self.key.kind.__name__, *parts])})"


class Rename:
    """
    A thing that gets another key, for `plan` and `apply`, with everything that names it.

    ``Rename(Phone.key("101"), Phone.key("201"))`` renames a phone in its own rows, in columns of
    other objects, in queues, and in the dialplan's Dial, Queue, VoiceMail, FollowMe, MusicOnHold,
    Goto and Gosub. The steps of follow-me profiles, and a Goto within the arguments of another
    application, are not looked at. Columns that specs do not cover keep their values, and passwords
    stay. A plan shows the rows with the old key as removed and those with the new one as added;
    the database updates them. A phone goes on authenticating by its old user name, but must
    register as the new one.
    Messages of a mailbox stay under its old number.

    Args:
        old: The key of an existing thing.
        new: The key that it gets, of the same class.

    Raises:
        ValidationError: A key is not one, or they are of two classes; things of this class have
            the names of others; a part of the new key is one that no spec may have; or an outbound
            route would get another pattern.
    """

    def __init__(self, old: Key[S, Any], new: Key[S, Any]) -> None:
        for name, key in (("old", old), ("new", new)):
            if not isinstance(key, Key) or not isinstance(key.parts, dict):
                hint = 'give one, such as Phone.key("101")'
                raise ValidationError(name, called(key), "it is not a key", hint)
        old, new = key_of(old.kind, (), old.parts), key_of(new.kind, (), new.parts)
        if old.kind is not new.kind:
            problem = f"it is of a {new.kind.__name__}, and the other of a {old.kind.__name__}"
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
    A scope for ``prune`` of `plan` and `apply`: things of some kinds, by the values of fields.

    ``Within(Phone, Mailbox, context="acme")`` are the phones and mailboxes of a context;
    ``Within(context="acme")`` is all that has that context.

    Args:
        *kinds: Classes of specs; without any, all that have the fields.
        **filters: Values of fields, as for `find`.

    Raises:
        ValidationError: A kind is not a class of specs; a filter is not a field of it, is secret,
            or has a value that no spec may have; or nothing is given.
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
    """A spec that `plan` and `apply` treat in another way."""

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
    A thing whose rows are replaced, if they cannot be read, for `plan` and `apply`.

    Rows under its name that cannot be read as a thing of its kind are removed, and the spec's rows
    are written as new ones. Such rows are another tool's or a person's, or belong to another kind
    of thing, such as a trunk under a phone's id. The plan shows each row. If the rows can be read,
    or there are none, it does the same as the spec alone.

    Args:
        spec: The wanted spec. Of a provider's trunk, all rows are replaced.

    Raises:
        ValidationError: It is not a spec.
    """


Item: TypeAlias = Spec | Absent | New | Rename | Replace
"""What `plan` and `apply` take."""
