"""The verbs: functions that plan, create, change, read, rename and delete things of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from asterisk_realtime.errors import ConflictError, SchemaMissingError, ValidationError
from asterisk_realtime.provision.engine import execution, writing
from asterisk_realtime.provision.engine.operations import Mode, Operation
from asterisk_realtime.provision.finding import kind_there, thing_of, values_of
from asterisk_realtime.provision.items import Absent, Item, New, Rename, Replace, Within
from asterisk_realtime.provision.locking import lock
from asterisk_realtime.provision.registry import KINDS, key_of, kind_of
from asterisk_realtime.showing import called
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.plain import items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.specs.keys import Key, Keyed, P

S = TypeVar("S")
R = TypeVar("R")

_MODES = {New: Mode.CREATE, Replace: Mode.REPLACE}


def plan(session: Session, *specs: Item, prune: Within | Iterable[Within] | None = None) -> Plan:
    """
    Return what `apply` would do with these specs, without writing anything.

    Args:
        session: The caller's session. Its pending changes are flushed, as by any query.
        *specs: The desired specs, in any order. `New` wraps one that must not exist, `Replace` one
            that replaces rows of another tool; `Absent` removes a thing, and `Rename` gives it
            another key.
        prune: Scopes in which every thing that is not among the specs is removed, one or several;
            None removes nothing else. Rows that cannot be read as a spec stay.

    Returns:
        The rows that would be added, changed and removed, and what Asterisk needs afterwards.

    Raises:
        ConflictError: A spec contradicts the database or another spec.
        NotFoundError: A spec refers to something that does not exist.
        ValidationError: A spec does not fit a transport of the database; or one is not a spec.
        SchemaError: The database's tables are missing or too old.
    """
    return execution.carry_out(session, _operations(session, specs, _scopes(prune)), write=None)


def apply(session: Session, *specs: Item, prune: Within | Iterable[Within] | None = None) -> Plan:
    """
    Make the database match the specs, all of them or none. The caller commits.

    It writes the changes that `plan` shows, and returns them. If the database already matches,
    nothing is written. Rows and columns that specs do not cover are never touched.

    Args:
        session: The caller's session; for an ``AsyncSession`` see `asterisk_realtime.aio`.
        *specs: As for `plan`.
        prune: As for `plan`.

    Raises:
        ConflictError: As `plan`; or another transaction has just written the same rows.
        NotFoundError: As `plan`.
        ValidationError: As `plan`.
        SchemaError: As `plan`.
    """
    scopes = _scopes(prune)
    if scopes:
        planned = plan(session, *specs, prune=scopes)
        if not planned:
            return planned
        lock(session)  # so that no other call adds things to the scopes meanwhile
    return execution.carry_out(session, _operations(session, specs, scopes))


def applied_in_bulk(session: Session, specs: Iterable[Item]) -> Plan:
    """Do as `apply`, but INSERT new rows in bulk: the session does not hold them afterwards."""
    wanted = _operations(session, tuple(specs), ())
    return execution.carry_out(session, wanted, write=writing.write_in_bulk)


def create(session: Session, spec: Spec[R]) -> R:
    """
    Create a thing. The caller commits.

    Args:
        session: The caller's session; for an ``AsyncSession`` see `asterisk_realtime.aio`.
        spec: What to create.

    Returns:
        Its rows, flushed; they hold the generated secret, if any. Set columns that the spec does
        not cover on them before the commit.

    Raises:
        ConflictError: It exists, or one whose name differs only in case does; or it contradicts
            what the database holds.
        NotFoundError: It refers to something that does not exist.
        ValidationError: It does not fit a transport of the database; or it is not a spec.
        SchemaError: The database's tables are missing or too old.
    """
    return _written(session, spec, Mode.CREATE)


def ensured(session: Session, spec: Spec[R]) -> R:
    """Do as `ensure`, but return the rows that the spec means, as `create` does."""
    return _written(session, spec, Mode.ENSURE)


def _written(session: Session, spec: Spec[R], mode: Mode) -> R:
    operation = _operation(spec, mode)
    return cast(
        "R", operation.kind.group(operation.key, execution.create_or_change(session, operation))
    )


def ensure(session: Session, spec: Spec) -> Plan:
    """
    Create a thing, or change it to match *spec*; return the changes. The caller commits.

    If the database already matches, nothing is written. Columns that the spec does not cover keep
    their values.

    Args:
        session: The caller's session.
        spec: The wanted thing.

    Raises:
        ConflictError: It contradicts what the database holds; or the rows of that name belong to
            another kind of thing.
        NotFoundError: As `create`.
        ValidationError: As `create`.
        SchemaError: The database's tables are missing or too old.
    """
    return execution.carry_out(session, [_operation(spec, Mode.ENSURE)])


def get(session: Session, kind: Keyed[P, S, Any], /, *args: P.args, **kwargs: P.kwargs) -> S | None:
    """
    Return the spec of a thing, or None if it does not exist.

    ``get(session, Phone, "101")``, ``get(session, Mailbox, "100", context="acme")``.

    Args:
        session: The caller's session.
        kind: Class of the spec.
        *args: The key, as the class's ``key`` takes it.
        **kwargs: The key's parts by field name.

    Raises:
        ConflictError: The rows of that name belong to another kind of thing, or cannot be read as
            a spec of this one.
        ValidationError: The key is wrong.
        SchemaError: The database's tables are missing or too old.
    """
    found = thing_of(session, key_of(kind, args, kwargs))
    return None if found is None else cast("S", found.spec)


def rows(
    session: Session, kind: Keyed[P, Any, R], /, *args: P.args, **kwargs: P.kwargs
) -> R | None:
    """
    Return the rows of a thing, as `create` does, or None if it does not exist.

    Set columns that specs do not cover on these rows; the session writes them at its next flush.

    Args:
        session: The caller's session.
        kind: Class of the spec.
        *args: The key, as for `get`.
        **kwargs: The key's parts by field name.

    Raises:
        ConflictError: As `get`.
        ValidationError: As `get`.
        SchemaError: The database's tables are missing or too old.
    """
    found = thing_of(session, key_of(kind, args, kwargs))
    return None if found is None else cast("R", found.kind.group(found.values, found.rows))


def delete(
    session: Session, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs
) -> Plan:
    """
    Delete a thing with what belongs to it; return what was removed. The caller commits.

    AORs, auths and access lists that other rows name stay.

    Args:
        session: The caller's session.
        kind: Class of the spec.
        *args: The key, as for `get`.
        **kwargs: The key's parts by field name.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: Something still refers to it; or the rows of that name belong to another
            kind of thing.
        ValidationError: The key is wrong.
        SchemaError: The database's tables are missing or too old.
    """
    key = key_of(kind, args, kwargs)
    own = kind_there(session, key)
    return execution.carry_out(session, [Operation(own, values_of(own, key), Mode.DELETE)])


def rename(session: Session, old: Key[S, Any], new: Key[S, Any]) -> Plan:
    """
    Rename a thing in its rows and in those that name it; return the changes. The caller commits.

    ``rename(session, Phone.key("101"), Phone.key("201"))``; see `Rename`.

    Args:
        session: The caller's session.
        old: The key of an existing thing.
        new: The key that it gets, of the same class.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: The new key is taken; a row names the thing in a form that cannot be
            changed; or the rows of the old key belong to another kind of thing.
        ValidationError: A key is wrong, or things of this class cannot be renamed.
        SchemaError: The database's tables are missing or too old.
    """
    return apply(session, Rename(old, new))


# -- Operations ------------------------------------------------------------------------------------


def _scopes(prune: Within | Iterable[Within] | None) -> tuple[Within, ...]:
    """
    Return the scopes of ``prune``.

    Raises:
        ValidationError: One is not a `Within`.
    """
    if prune is None:
        return ()
    hint = "give Within(Phone, context='acme'), or a list of these"
    scopes = (prune,) if isinstance(prune, Within) else tuple(items(prune, "prune", hint))
    for scope in scopes:
        if not isinstance(scope, Within):
            raise ValidationError("prune", called(scope), "it is not a scope", hint)
    return scopes


def _operations(
    session: Session, specs: tuple[Item, ...], prune: tuple[Within, ...]
) -> list[Operation]:
    # Removals come first, in reverse order of kinds: routes before the trunk that they name.
    order = {kind: number for number, kind in enumerate(KINDS.values())}
    gone = [_absent(session, item) for item in specs if isinstance(item, Absent)]
    renamed = [_renamed(session, item) for item in specs if isinstance(item, Rename)]
    there = [_given(item) for item in specs if not isinstance(item, Absent | Rename)]
    listed = {part for operation in there for part in operation.kind.parts(operation.spec)}
    _refuse_contradictions(gone, renamed, listed)
    named = {operation.thing for operation in (*renamed, *gone, *there)}
    gone += _pruned(session, prune, named | listed)
    gone.sort(key=lambda operation: -order[operation.kind])
    there.sort(key=lambda operation: order[operation.kind])
    return [*renamed, *gone, *there]


def _refuse_contradictions(
    gone: Sequence[Operation],
    renamed: Sequence[Operation],
    listed: set[tuple[Kind[Any, Any], KeyValues]],
) -> None:
    """
    Refuse to remove a member that a queue lists, or to rename to a key that changes later.

    Raises:
        ConflictError: Two operations of the call contradict each other.
    """
    for operation in gone:
        if operation.thing in listed:
            hint = "leave it out of the list, or do not remove it"
            raise ConflictError(operation.label, "a queue of the same call that lists it", hint)
    later = {operation.thing for operation in gone}
    for operation in reversed(renamed):
        if (operation.kind, operation.new_key) in later:
            label = operation.kind.label(operation.new_key)
            hint = "choose another name, or change that one in another call"
            raise ConflictError(label, f"the renaming of {operation.label} in the same call", hint)
        later.add(operation.thing)


def _pruned(
    session: Session,
    scopes: Sequence[Within],
    named: set[tuple[Kind[Any, Any], KeyValues]],
) -> list[Operation]:
    """Return the removal of each thing in *scopes* that is not in *named*."""
    found: dict[tuple[Kind[Any, Any], KeyValues], None] = {}
    searches = [search for scope in scopes for search in scope.searches]
    missing: list[SchemaMissingError] = []
    for search in searches:
        try:
            found |= dict.fromkeys((search.kind, key) for key in search.keys(session))
        except SchemaMissingError as error:
            # A database need not have the tables of all kinds.
            missing.append(error)
            if search.is_named or len(missing) == len(searches):
                raise
    return [Operation(kind, key, Mode.PRUNE) for kind, key in found if (kind, key) not in named]


def _absent(session: Session, item: Absent) -> Operation:
    kind = kind_there(session, item.key)
    return Operation(kind, values_of(kind, item.key), Mode.ABSENT)


def _renamed(session: Session, item: Rename) -> Operation:
    kind = kind_there(session, item.old)
    new = values_of(kind, item.new)
    return Operation(kind, values_of(kind, item.old), Mode.RENAME, new_key=new)


def _given(item: Spec | New | Replace) -> Operation:
    if isinstance(item, New | Replace):
        return _operation(item.spec, _MODES[type(item)])
    if not isinstance(item, Spec | type):
        hint = "give each by itself: apply(session, *specs)"
        problem = "it is neither a spec nor Absent, New, Rename or Replace"
        raise ValidationError("specs", called(item), problem, hint)
    return _operation(item, Mode.ENSURE)


def _operation(spec: Spec, mode: Mode) -> Operation:
    """
    Return the operation that writes *spec*, a provider's trunk as a `Trunk`.

    Raises:
        ValidationError: It is not a spec, but a list of specs, for example.
    """
    if isinstance(spec, type):
        hint = f"give an instance: {spec.__name__}(...)"
        raise ValidationError("spec", called(spec), "it is a class", hint)
    if not isinstance(spec, Spec):
        hint = "give one, such as Phone(...)"
        raise ValidationError("spec", called(spec), "it is not a spec", hint)
    part = spec.part()
    kind = kind_of(type(part))
    return Operation(kind, kind.key(part), mode, part)
