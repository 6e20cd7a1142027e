"""WebRTC phones: browsers that register over a WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import Endpoint
from asterisk_realtime.provision.kinds.accounts import (
    Account,
    foreign_endpoint,
)
from asterisk_realtime.specs.phones import WebRtcPhone

if TYPE_CHECKING:
    from asterisk_realtime.provision.engine.kinds import KeyValues
    from asterisk_realtime.provision.engine.records import Rows

PROTOCOLS: Final = frozenset({"ws", "wss"})


class _WebRtcPhone(Account[WebRtcPhone]):
    word = "WebRTC phone"
    protocols = PROTOCOLS

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        return foreign_endpoint(key, found, webrtc=True)

    def read(self, key: KeyValues, found: Rows) -> WebRtcPhone:
        endpoint = found.one(Endpoint)
        return WebRtcPhone(
            cert_file=endpoint.dtls_cert_file,
            private_key=endpoint.dtls_private_key,
            **self.shared_fields(endpoint, found),
        )


WEBRTC_PHONE: Final = _WebRtcPhone()
