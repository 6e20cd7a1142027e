"""What a column holds: read and assigned with its type, and compared in queries."""

from collections.abc import Sequence
from typing import assert_type

from netaddr import IPNetwork
from sqlalchemy import select
from sqlalchemy.orm import Session

from asterisk_realtime import Auth, Base, DtmfMode, Endpoint, Extension, Identify, IdentifyBy


def read(endpoint: Endpoint, identify: Identify, auth: Auth, extension: Extension) -> None:
    """Reading gives the type that was declared."""
    assert_type(endpoint.id, str)
    assert_type(endpoint.allow, tuple[str, ...] | None)
    assert_type(endpoint.direct_media, bool | None)
    assert_type(endpoint.rtp_timeout, int | None)
    assert_type(endpoint.dtmf_mode, DtmfMode | None)
    assert_type(endpoint.identify_by, tuple[IdentifyBy, ...] | None)
    assert_type(identify.match, tuple[IPNetwork | str, ...] | None)
    assert_type(auth.password, str | None)
    assert_type(extension.priority, int)


def assign(endpoint: Endpoint) -> None:
    """Assigning takes that type, and None where Asterisk has a default."""
    endpoint.rtp_timeout = 60
    endpoint.allow = ("ulaw",)
    endpoint.dtmf_mode = None
    endpoint.rtp_timeout = "60"  # error
    endpoint.allow = "ulaw"  # error
    endpoint.direct_media = "no"  # error
    endpoint.dtmf_mode = IdentifyBy.IP  # error
    endpoint.id = None  # error
    endpoint.alow.clear()  # error


def query(session: Session) -> None:
    """A query gives models, and a misspelt column is none here either."""
    endpoints = session.scalars(select(Endpoint).where(Endpoint.direct_media.is_(False)))
    assert_type(endpoints.all(), Sequence[Endpoint])
    select(Endpoint.alow)  # error
    session.get(Endpoint, "twilio").id  # error
    Base.metadata.tables["ps_endpoints"].columns["id"]
