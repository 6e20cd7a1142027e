"""New passwords and PINs for things that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.engine import execution
from asterisk_realtime.provision.engine.operations import Mode, Operation
from asterisk_realtime.provision.finding import kind_there, thing_of, values_of
from asterisk_realtime.provision.locking import lock
from asterisk_realtime.provision.registry import key_of, no_kind
from asterisk_realtime.showing import called
from asterisk_realtime.values.plain import secret_text
from asterisk_realtime.values.secret import text_alone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.kinds import Kind
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.specs.base import Spec
    from asterisk_realtime.specs.keys import Key, Keyed, P
    from asterisk_realtime.values.secret import Secret


def rotate_password(
    session: Session, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs
) -> Secret:
    """
    Give a phone or a mailbox a new random password or PIN; return it. The caller commits.

    Tell it to the owner now: the database may keep only a digest of it, as the phone's ``storage``
    says. Existing registrations last until they expire.

    Args:
        session: The caller's session.
        kind: Class of the spec: ``Phone``, ``WebRtcPhone`` or ``Mailbox``.
        *args: The key, as for `get`.
        **kwargs: The key's parts by field name.

    Returns:
        The new password; ``reveal()`` shows it.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: Its rows belong to another kind of thing, or cannot be read.
        ValidationError: The key is wrong, or things of this kind have no password of their own.
        SchemaError: The database's tables are missing or too old.
    """
    password, _plan = _set(session, key_of(kind, args, kwargs), None)
    return password


def set_password(
    session: Session,
    password: str | Secret,
    kind: Keyed[P, Any, Any],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Plan:
    """
    Give a phone or a mailbox the password or PIN that its owner chose. The caller commits.

    Args:
        session: The caller's session.
        password: For a phone at least 8 characters, and not its id or user name; for a mailbox 4 to
            20 digits, and not its number.
        kind: Class of the spec: ``Phone``, ``WebRtcPhone`` or ``Mailbox``.
        *args: The key, as for `get`.
        **kwargs: The key's parts by field name.

    Returns:
        What changed.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: Its rows belong to another kind of thing, or cannot be read.
        ValidationError: The password or the key is wrong, or things of this kind have no
            password of their own.
        SchemaError: The database's tables are missing or too old.
    """
    found = chosen_password(password, kind, args, kwargs)
    del password, kind, args, kwargs  # or a traceback would show the password in this frame
    if isinstance(found, ValidationError):
        raise found
    return found.written(session)


@attrs.frozen
class ChosenPassword:
    """A password that an owner chose, and the key of the thing that gets it."""

    secret: Secret
    key: Key[Any, Any]

    def written(self, session: Session) -> Plan:
        """Give the thing the password, and return what changed."""
        _password, plan = _set(session, self.key, self.secret)
        return plan


def chosen_password(
    password: object, kind: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> ChosenPassword | ValidationError:
    """
    Return the password that an owner chose, with the key of its thing; or the error.

    If the arguments are in the wrong order, any of them may be the password. So the caller deletes
    them before it raises the error: a traceback may show the variables of its frame.
    """
    if not isinstance(kind, type):
        return no_kind(called(kind))
    try:
        secret = secret_text(text_alone(password), "password")
        return ChosenPassword(secret, key_of(kind, args, kwargs))
    except ValidationError as error:
        return ValidationError.of(error.title, error.errors)  # without the frames of its causes


def _set(session: Session, key: Key[Any, Any], password: Secret | None) -> tuple[Secret, Plan]:
    lock(session)  # or the other columns of the spec might undo another call's change
    found = thing_of(session, key)
    if found is None:
        kind = kind_there(session, key)
        raise kind.missing(values_of(kind, key))
    kind, spec = found.kind, found.spec
    secret = kind.new_secret(spec) if password is None else password
    changed = _with_password(kind, spec, secret)
    return secret, execution.carry_out(
        session, [Operation(kind.password_kind, found.values, Mode.ENSURE, changed)]
    )


def _with_password(kind: Kind[Any, Any], spec: Spec, secret: Secret) -> Spec:
    try:
        changed: Spec = kind.with_secret(spec, secret)
    except ValidationError as error:
        if error.field == "kind":
            raise
        problem = error.problem
    else:
        return changed
    # Raised outside the handler: the spec's own error, which names another field, is not attached.
    hint = "choose another one, or let rotate_password make it"
    raise ValidationError("password", secret, problem, hint, secret=True)
