"""Phones: an endpoint that registers, its AOR, and the auth that checks its password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import Endpoint
from asterisk_realtime.provision.accounts import (
    Account,
    PhoneRows,
    foreign_endpoint,
    phone_rows_of,
    read_profile,
)
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.specs.phones import Phone
from asterisk_realtime.values.choices import MediaEncryption

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.kinds import Key
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.records import Rows

PROTOCOLS: Final = frozenset({"udp", "tcp", "tls"})


class _Phone(Account[Phone]):
    word = "phone"
    protocols = PROTOCOLS

    def foreign(self, key: Key, found: Rows) -> str | None:
        return foreign_endpoint(key, found, webrtc=False)

    def read(self, key: Key, found: Rows) -> Phone:
        endpoint = found.one(Endpoint)
        encryption = endpoint.media_encryption or MediaEncryption.NO
        return Phone(
            media_encryption=encryption,
            rtp_profile=read_profile(endpoint),
            **self.shared_fields(endpoint, found),
        )


PHONE: Final = _Phone()


def create_phone(session: Session, phone: Phone) -> PhoneRows:
    """
    Add a phone: its endpoint, AOR and auth. The caller commits.

    It can register at once. What it needs behind NAT is set, and may be changed on the rows.

    Returns:
        The rows, flushed; ``rows.auth.password`` is the password, also one that was generated.

    Raises:
        ConflictError: An endpoint, AOR or auth of that id is there, also one that differs only
            in case; another endpoint has the AOR among its own, or an AOR with ``_`` or ``%``
            that means this one too; or calls enter the context without authentication.
        InvalidValueError: A digest is to be stored of a password that is not given; or the
            transport is a row of ``ps_transports`` that no phone speaks.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``res/res_pjsip_registrar.c`` and ``res/res_pjsip/config_auth.c``.
    """
    return phone_rows_of(verbs.create(session, PHONE, phone))


def ensure_phone(session: Session, phone: Phone) -> Plan:
    """
    Create a phone, or change it to match *phone*; return the changes. The caller commits.

    Without a password it keeps the one that it has. Columns that a `Phone` does not cover keep
    the values that a person gave them.

    Raises:
        ConflictError: As `create_phone`, but for the phone's own rows; another endpoint has the
            auth of that id; or the endpoint is a trunk or a WebRTC phone.
        InvalidValueError: As `create_phone`; or the password is needed for another storage.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, PHONE, phone)


def find_phone(session: Session, name: str) -> Phone | None:
    """
    Return the phone of that id, or None if there is no such endpoint.

    Its password is None where only a digest is stored.

    Raises:
        ConflictError: The endpoint is a trunk or a WebRTC phone, or its rows cannot be read as
            a `Phone`.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, PHONE, name)


def delete_phone(session: Session, name: str) -> Plan:
    """
    Delete a phone: its endpoint and identify rows, and the AORs and auths that only it names.

    Calls in progress go on. Where it registered is Asterisk's: the contact goes when it expires.
    Flushes; the caller commits.

    Args:
        session: The caller's session.
        name: Id of the endpoint.

    Returns:
        What was removed.

    Raises:
        NotFoundError: There is no such endpoint.
        ConflictError: An extension or a queue still uses the phone; or the endpoint is a trunk
            or a WebRTC phone.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, PHONE, name)
