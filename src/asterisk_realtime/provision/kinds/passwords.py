"""Passwords of phones in ``ps_auths``: in plain text, or as digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import Auth
from asterisk_realtime.specs.phones import PasswordStorage
from asterisk_realtime.values import accounts
from asterisk_realtime.values.choices import AuthType, DigestAlgorithm
from asterisk_realtime.values.plain import member
from asterisk_realtime.values.secret import Secret
from asterisk_realtime.values.words import GENERATE, KEEP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asterisk_realtime.specs.phones import SipAccount

_TYPES = {
    PasswordStorage.PLAIN: AuthType.USERPASS,
    PasswordStorage.MD5: AuthType.MD5,
    PasswordStorage.DIGEST: AuthType.DIGEST,
}
_COLUMNS = {
    PasswordStorage.PLAIN: "password",
    PasswordStorage.MD5: "md5_cred",
    PasswordStorage.DIGEST: "password_digest",
}


def auth_row(spec: SipAccount, known: Auth | None) -> Auth:
    """
    Return the auth that *spec* means, unsaved; no secret is set if it is generated or kept.

    Args:
        spec: The wanted phone.
        known: The auth that the phone has; None for a new phone.

    Raises:
        ValidationError: A password is needed, and none is given.
    """
    row = Auth(id=known.id if known else spec.id, username=spec.user, realm=spec.realm)
    if known is None or _is_stored_differently(spec, known):
        row.auth_type = _TYPES[spec.storage]
        row.supported_algorithms_uas = row.supported_algorithms_uac = spec.hashes
    for storage, column in _COLUMNS.items():
        if storage is not spec.storage:
            setattr(row, column, None)
    password = spec.secret or _known(known)
    if password is not None:
        setattr(row, _COLUMNS[spec.storage], _stored(spec, password))
    else:
        _refuse_missing(spec, known)
    return row


def _is_stored_differently(spec: SipAccount, known: Auth) -> bool:
    """Tell whether the spec asks for another storage or other hashes than the row has."""
    return _storage(known) is not spec.storage or _hashes(known, spec.storage) != spec.hashes


def _known(auth: Auth | None) -> Secret | None:
    """Return the password that a row holds in plain text, or None."""
    return Secret(auth.password) if auth is not None and auth.password is not None else None


def _stored(spec: SipAccount, password: Secret) -> str:
    """Return the password as the spec's storage holds it."""
    if spec.storage is PasswordStorage.PLAIN:
        return password.reveal()
    if spec.storage is PasswordStorage.MD5:
        return spec.digest(DigestAlgorithm.MD5, password)
    return ",".join(f"{name}:{spec.digest(name, password)}" for name in spec.hashes or ())


def _refuse_missing(spec: SipAccount, known: Auth | None) -> None:
    """Refuse a spec whose secret can be neither generated nor kept."""
    plain = spec.storage is PasswordStorage.PLAIN
    if known is None:
        if plain and spec.password is GENERATE:
            return
        problem = f"a generated one cannot be read from storage {spec.storage}"
        if spec.password is KEEP:
            problem = "the phone is new and has no password to keep"
    elif getattr(known, _COLUMNS[spec.storage]) is None:
        problem = f"storage {spec.storage} needs it, and no row has it"
    elif not plain and _bound(known, spec.storage) != (spec.user, spec.realm, spec.hashes):
        problem = "the stored digest is valid only for its user name, realm and hashes"
    else:
        return
    hint = "give the password" + ("" if known else ", or GENERATE with storage plain")
    raise ValidationError("password", spec.password, problem, hint)


def _bound(auth: Auth, storage: PasswordStorage) -> tuple[object, ...]:
    """Return what a stored digest was made with."""
    return auth.username, auth.realm, _hashes(auth, storage)


def _hashes(auth: Auth, storage: PasswordStorage) -> tuple[DigestAlgorithm, ...] | None:
    """Return the hashes of a stored digest; for a password, those that challenges offer."""
    if storage is PasswordStorage.PLAIN:
        return auth.supported_algorithms_uas
    if storage is PasswordStorage.MD5:
        return (DigestAlgorithm.MD5,)
    parts = (auth.password_digest or "").split(",")
    if not all(":" in part for part in parts):  # the value is a secret then
        raise ValidationError(
            "password_digest", None, "it names no hash", "write 'SHA-256:' before the digest"
        )
    return tuple(
        member(DigestAlgorithm, part.partition(":")[0].strip().upper(), "algorithms")
        for part in parts
    )


def fields(name: str, auth: Auth) -> Mapping[str, Any]:
    """
    Return the fields of phone *name* that its auth holds.

    Raises:
        ValidationError: A stored digest names no hash, or an unknown one.
    """
    storage = _storage(auth)
    password = _known(auth)
    return {
        "password": KEEP if password is None else password,
        # An existing weak password is not refused: the caller may not have chosen it.
        "allow_weak_password": accounts.weakness(password, name, auth.username) is not None,
        "username": auth.username if auth.username != name else None,
        "realm": auth.realm,
        "storage": storage,
        "algorithms": _hashes(auth, storage),
    }


def _storage(auth: Auth) -> PasswordStorage:
    present = (item for item, column in _COLUMNS.items() if getattr(auth, column) is not None)
    order = {PasswordStorage.PLAIN: 0, PasswordStorage.DIGEST: 1, PasswordStorage.MD5: 2}
    return min(present, key=order.__getitem__, default=PasswordStorage.PLAIN)
