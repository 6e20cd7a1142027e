"""Trunks: an endpoint, its AOR, and its auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import String, cast, func, literal, null, select, union_all

from asterisk_realtime.errors import ConflictError, InvalidValueError, NotFoundError
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Identify,
    OutboundPublish,
    Registration,
    Transport,
)
from asterisk_realtime.provision.session import all_or_nothing
from asterisk_realtime.values.choices import AuthType, IdentifyBy, MediaEncryption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import CompoundSelect
    from sqlalchemy.orm import Session

    from asterisk_realtime.specs.trunks import TrunkSpec

RTP_TIMEOUT: Final = 60
"""Seconds without any RTP after which a trunk's call is taken for dead and hung up."""


SECURE_PROTOCOLS: Final = frozenset({"tls"})
PLAIN_PROTOCOLS: Final = frozenset({"udp", "tcp"})


@attrs.frozen(kw_only=True)
class TrunkRows:
    """
    The rows of a trunk.

    They are models in the caller's session: set rarer columns on them before you commit.

    Attributes:
        endpoint: How to talk to the provider.
        aor: Where it is reached.
        auth: What its challenge is answered with; None without credentials.
        identifies: Which addresses are it; empty until they are allowed.
    """

    endpoint: Endpoint
    aor: Aor
    auth: Auth | None = None
    identifies: tuple[Identify, ...] = ()


def trunk_rows(spec: TrunkSpec) -> TrunkRows:
    """
    Return the rows that *spec* means, unsaved.

    The endpoint is safe as it is: nobody gets in by writing its id into From
    (``identify_by=ip``), media stays on Asterisk, and no ``auth`` asks the provider for
    credentials that it does not have.
    """
    name = spec.name
    auth = None
    if spec.credentials is not None:
        auth = Auth(
            id=name,
            auth_type=AuthType.USERPASS,
            username=spec.credentials.username,
            password=spec.credentials.password,
        )
    endpoint = Endpoint(
        id=name,
        transport=spec.transport,
        aors=(name,),
        outbound_auth=(name,) if auth else None,
        context=spec.context,
        allow=spec.codecs,
        callerid=str(spec.caller_id) if spec.caller_id else None,
        identify_by=(IdentifyBy.IP,),
        media_encryption=MediaEncryption.SDES if spec.secure else MediaEncryption.NO,
        direct_media=False,
        rtp_symmetric=True,
        rtp_timeout=RTP_TIMEOUT,
        trust_id_inbound=True,
        allow_subscribe=False,
    )
    aor = Aor(id=name, contact=(spec.contact,), qualify_frequency=spec.qualify_frequency)
    return TrunkRows(endpoint=endpoint, aor=aor, auth=auth)


def create_trunk(session: Session, spec: TrunkSpec) -> TrunkRows:
    """
    Add the rows of *spec* and flush. The caller commits.

    Asterisk dials a new trunk at once, and qualifies it after
    ``module reload res_pjsip.so``.

    Raises:
        ConflictError: An endpoint, AOR or auth of that id is there, also one that differs only
            in case; or an endpoint that authenticates, a phone, has the same context.
        InvalidValueError: The transport is a row of ``ps_transports`` whose protocol does not
            fit ``secure``.
        SchemaError: The database's tables are missing or too old.
    """
    with all_or_nothing(session):
        _check_neighbours(session, spec)
        rows = trunk_rows(spec)
        session.add_all([row for row in (rows.auth, rows.aor, rows.endpoint) if row])
    return rows


def _check_neighbours(session: Session, spec: TrunkSpec) -> None:
    """Refuse what contradicts the database, in one statement."""
    kinds: list[tuple[str, type[Endpoint | Aor | Auth]]] = [("endpoint", Endpoint), ("AOR", Aor)]
    if spec.credentials:
        kinds.append(("auth", Auth))
    taken = [
        select(literal(kind).label("kind"), model.id.label("id"), null().label("protocol")).where(
            func.lower(model.id) == spec.name.lower()
        )
        for kind, model in kinds
    ]
    insiders = select(literal("insider"), Endpoint.id, null()).where(
        Endpoint.context == spec.context, Endpoint.auth.is_not(None)
    )
    transport = select(literal("transport"), Transport.id, cast(Transport.protocol, String)).where(
        Transport.id == spec.transport
    )
    statement: CompoundSelect[Any] = union_all(*taken, insiders, transport)
    # A union names no model by which a session with several databases would find the right one.
    for row in session.execute(statement, bind_arguments={"mapper": Endpoint}).mappings():
        if row["kind"] == "transport":
            _check_transport(spec, row["protocol"])
        elif row["kind"] == "insider":
            raise ConflictError(
                f"trunk {spec.name!r}, whose calls enter context {spec.context!r} unauthenticated",
                f"endpoint {row['id']!r}, which calls out from the same context",
                "give the trunk a context of its own",
            )
        else:
            raise ConflictError(
                f"trunk {spec.name!r}",
                f"{row['kind']} {row['id']!r}",
                "delete that one first, or give the trunk another name",
            )


def _check_transport(spec: TrunkSpec, protocol: str | None) -> None:
    actual = protocol or "udp"
    if actual not in (SECURE_PROTOCOLS if spec.secure else PLAIN_PROTOCOLS):
        raise InvalidValueError(
            "transport",
            spec.transport,
            f"its row in ps_transports speaks {actual}",
            "secure trunks need TLS, and plain ones another protocol",
        )


def delete_trunk(session: Session, name: str) -> tuple[Base, ...]:
    """
    Delete a trunk: its endpoint and identify rows, and the AORs and auths that only it names.

    Flushes; the caller commits.

    Args:
        session: The caller's session.
        name: Id of the endpoint.

    Returns:
        The deleted rows, the endpoint first.

    Raises:
        NotFoundError: There is no such endpoint.
        SchemaError: The database's tables are missing or too old.
    """
    with all_or_nothing(session):
        endpoint = session.get(Endpoint, name)
        if endpoint is None or endpoint.id != name:
            raise NotFoundError("endpoint", name, "check the trunk's name")
        used = _used_by_others(session, name)
        auths = {*(endpoint.auth or ()), *(endpoint.outbound_auth or ())}
        rows: list[Base] = [
            endpoint,
            *_existing(session, Aor, set(endpoint.aors or ()) - used["aors"]),
            *_existing(session, Auth, auths - used["auths"]),
            *session.scalars(select(Identify).where(Identify.endpoint == name)),
        ]
        for row in rows:
            session.delete(row)
    return tuple(rows)


def _existing(
    session: Session, model: type[Aor | Auth], ids: Iterable[str]
) -> Iterable[Aor | Auth]:
    wanted = sorted(ids)
    return session.scalars(select(model).where(model.id.in_(wanted))) if wanted else ()


def _used_by_others(session: Session, name: str) -> dict[str, set[str]]:
    """Return the AORs and auths that other endpoints, registrations and publications name."""
    used: dict[str, set[str]] = {"aors": set(), "auths": set()}
    others = select(Endpoint.aors, Endpoint.auth, Endpoint.outbound_auth)
    for aors, auth, outbound_auth in session.execute(others.where(Endpoint.id != name)):
        used["aors"].update(aors or ())
        used["auths"].update(auth or (), outbound_auth or ())
    for model in (Registration, OutboundPublish):
        for outbound_auth in session.scalars(select(model.outbound_auth)):
            used["auths"].update(outbound_auth or ())
    return used
