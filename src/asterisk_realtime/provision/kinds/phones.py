"""Phones: an endpoint that registers, its AOR, and the auth that checks its password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import Endpoint
from asterisk_realtime.provision.kinds.accounts import (
    Account,
    foreign_endpoint,
    read_profile,
)
from asterisk_realtime.specs.phones import Phone
from asterisk_realtime.values.choices import MediaEncryption

if TYPE_CHECKING:
    from asterisk_realtime.provision.engine.kinds import KeyValues
    from asterisk_realtime.provision.engine.records import Rows

PROTOCOLS: Final = frozenset({"udp", "tcp", "tls"})


class _Phone(Account[Phone]):
    word = "phone"
    protocols = PROTOCOLS

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        return foreign_endpoint(key, found, webrtc=False)

    def read(self, key: KeyValues, found: Rows) -> Phone:
        endpoint = found.one(Endpoint)
        encryption = endpoint.media_encryption or MediaEncryption.NO
        return Phone(
            media_encryption=encryption,
            rtp_profile=read_profile(endpoint),
            **self.shared_fields(endpoint, found),
        )


PHONE: Final = _Phone()
