"""WebRTC phones: browsers that register over a WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import Endpoint
from asterisk_realtime.provision.accounts import (
    Account,
    PhoneRows,
    foreign_endpoint,
    phone_rows_of,
)
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.specs.phones import WebRtcPhone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.kinds import Key
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.records import Rows

PROTOCOLS: Final = frozenset({"ws", "wss"})


class _WebRtcPhone(Account[WebRtcPhone]):
    word = "WebRTC phone"
    protocols = PROTOCOLS

    def foreign(self, key: Key, found: Rows) -> str | None:
        return foreign_endpoint(key, found, webrtc=True)

    def read(self, key: Key, found: Rows) -> WebRtcPhone:
        endpoint = found.one(Endpoint)
        return WebRtcPhone(
            cert_file=endpoint.dtls_cert_file,
            private_key=endpoint.dtls_private_key,
            **self.shared_fields(endpoint, found),
        )


WEBRTC_PHONE: Final = _WebRtcPhone()


def create_webrtc_phone(session: Session, phone: WebRtcPhone) -> PhoneRows:
    """
    Add a browser that is a phone: its endpoint, AOR and auth. The caller commits.

    It can register at once, by a WebSocket to Asterisk's own HTTP server (``http.conf``); browsers
    want that one encrypted (``wss``).

    Returns:
        As `create_phone`.

    Raises:
        ConflictError: As `create_phone`.
        InvalidValueError: As `create_phone`; the transport must be of protocol ws or wss.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``res/res_pjsip/pjsip_configuration.c`` and
    ``res/res_pjsip_transport_websocket.c``.
    """
    return phone_rows_of(verbs.create(session, WEBRTC_PHONE, phone))


def ensure_webrtc_phone(session: Session, phone: WebRtcPhone) -> Plan:
    """
    Create a WebRTC phone, or change it to match *phone*; return the changes. The caller commits.

    Raises:
        ConflictError: As `ensure_phone`; or the endpoint is a phone without WebRTC.
        InvalidValueError: As `ensure_phone`.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, WEBRTC_PHONE, phone)


def find_webrtc_phone(session: Session, name: str) -> WebRtcPhone | None:
    """
    Return the WebRTC phone of that id, or None if there is no such endpoint.

    Raises:
        ConflictError: The endpoint is a trunk or a phone without WebRTC, or its rows cannot be
            read as a `WebRtcPhone`.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, WEBRTC_PHONE, name)


def delete_webrtc_phone(session: Session, name: str) -> Plan:
    """
    Delete a WebRTC phone, as `delete_phone` does a phone. The caller commits.

    Raises:
        NotFoundError: There is no such endpoint.
        ConflictError: As `delete_phone`; or the endpoint is a phone without WebRTC.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, WEBRTC_PHONE, name)
