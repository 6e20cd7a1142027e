"""Where phones are registered: the contacts that Asterisk keeps in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import func, or_, select

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import Contact
from asterisk_realtime.provision.engine.session import all_or_nothing
from asterisk_realtime.values.cells import text_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

_MAX_IDS: Final = 500
"""Maximum number of ids in one statement."""


@attrs.frozen(kw_only=True)
class RegisteredDevice:
    """
    A device that is registered as a phone.

    Attributes:
        phone: Id of the endpoint.
        uri: Where Asterisk sends calls: the SIP URI of the device.
        expires: When the registration ends unless the device renews it, in UTC; None if never.
        user_agent: The device's User-Agent header; None if it sent none.
        host: Host in the device's Via header, often a private address behind NAT.
        port: Port in the same header.
        server: The ``systemname`` of the Asterisk that has the registration; None if it has none.
    """

    phone: str
    uri: str
    expires: datetime | None
    user_agent: str | None
    host: str | None
    port: int | None
    server: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that ``json.dumps`` takes."""
        expires = None if self.expires is None else self.expires.isoformat()
        return {**attrs.asdict(self), "expires": expires}


def registrations(
    session: Session, *phones: str, include_expired: bool = False
) -> dict[str, tuple[RegisteredDevice, ...]]:
    """
    Return where phones are registered.

    Asterisk writes registrations to ``ps_contacts`` with its drivers for PostgreSQL and ODBC. With
    its SQLite driver it keeps them in a file of its own, so none are found.

    Args:
        session: The caller's session.
        *phones: Ids of phones of any kind.
        include_expired: Whether to include registrations that have ended, which Asterisk removes
            after a while.

    Returns:
        The devices of each id, those whose registration ends latest first; those whose registration
        never ends come last. A phone that is not registered, or does not exist, has none.

    Raises:
        ValidationError: An id is not text.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``res/res_pjsip/location.c`` and ``res/res_pjsip_registrar.c``.
    """
    for phone in phones:
        if not isinstance(phone, str):
            raise ValidationError("phones", phone, "it is not text", "give the id of a phone")
    found: dict[str, list[RegisteredDevice]] = {phone: [] for phone in phones}
    since = None if include_expired else datetime.now(UTC)
    names = [name for name in found if text_fault(name, None) is None]  # no row has the others
    for device in all_or_nothing(session, [Contact], lambda: list(_read(session, names, since))):
        if device.phone in found:
            found[device.phone].append(device)
    return {phone: tuple(devices) for phone, devices in found.items()}


def _read(
    session: Session, phones: Sequence[str], since: datetime | None
) -> Iterator[RegisteredDevice]:
    columns = (
        Contact.endpoint,
        Contact.uri,
        Contact.expiration_time,
        Contact.user_agent,
        Contact.via_addr,
        Contact.via_port,
        Contact.reg_server,
    )
    for start in range(0, len(phones), _MAX_IDS):
        query = select(*columns).where(Contact.endpoint.in_(phones[start : start + _MAX_IDS]))
        if since is not None:
            time = Contact.expiration_time
            query = query.where(or_(time.is_(None), time == 0, time > int(since.timestamp())))
        query = query.order_by(func.coalesce(Contact.expiration_time, 0).desc(), Contact.uri)
        yield from (_device(row) for row in session.execute(query))


def _device(row: Any) -> RegisteredDevice:
    return RegisteredDevice(
        phone=row.endpoint,
        uri=row.uri or "",
        expires=datetime.fromtimestamp(row.expiration_time, UTC) if row.expiration_time else None,
        user_agent=row.user_agent or None,
        host=row.via_addr or None,
        port=row.via_port,
        server=row.reg_server or None,
    )
