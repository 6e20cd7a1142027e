"""What a column holds: read and assigned with its type, and compared in queries."""

from collections.abc import Sequence
from typing import assert_type

from netaddr import IPNetwork
from sqlalchemy import select
from sqlalchemy.orm import Session

from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    DtmfMode,
    Endpoint,
    Extension,
    Identify,
    IdentifyBy,
    Queue,
    QueueMember,
)


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


def follow(endpoint: Endpoint, identify: Identify, queue: Queue) -> None:
    """A relationship leads to models."""
    assert_type(endpoint.aor_rows, list[Aor])
    assert_type(endpoint.auth_rows, list[Auth])
    assert_type(identify.endpoint_row, Endpoint | None)
    assert_type(queue.members, list[QueueMember])
    assert_type(queue.members[0].queue, Queue | None)
    select(Endpoint).join(Endpoint.aor_rows).where(Aor.id == "twilio")
    endpoint.aor_row  # error
    identify.endpoint_row.aor_rows  # error


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
    """A query gives models, and a misspelt column is refused here too."""
    endpoints = session.scalars(select(Endpoint).where(Endpoint.direct_media.is_(False)))
    assert_type(endpoints.all(), Sequence[Endpoint])
    select(Endpoint.alow)  # error
    session.get(Endpoint, "twilio").id  # error
    Base.metadata.tables["ps_endpoints"].columns["id"]
