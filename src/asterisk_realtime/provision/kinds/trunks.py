"""Trunks: an endpoint, its AOR, and its auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from sqlalchemy import Text, cast, or_

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Identify,
    NamedAcl,
    Registration,
    TrunkRows,
)
from asterisk_realtime.models.rare import Rare
from asterisk_realtime.provision.checks import conflicts, onward
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Question, Scope, scope
from asterisk_realtime.provision.kinds import endpoints
from asterisk_realtime.provision.kinds.access import list_of
from asterisk_realtime.specs.trunks import Credentials, Trunk
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.choices import AuthType, IdentifyBy, MediaEncryption
from asterisk_realtime.values.secret import Secret
from asterisk_realtime.values.words import KEEP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement

    from asterisk_realtime.provision.engine.view import View

RTP_TIMEOUT: Final = 60
"""Seconds without any RTP after which a trunk's call is taken for dead and hung up."""

INITIAL: Final = frozenset(
    {"direct_media", "rtp_symmetric", "rtp_timeout", "trust_id_inbound", "allow_subscribe"}
)
"""Settings of a new endpoint that its owner may change."""

BY_ADDRESS: Final = (IdentifyBy.IP,)
"""Identify by address only, so nobody gets in by writing the endpoint's id into From."""

BY_CREDENTIALS: Final = (IdentifyBy.IP, IdentifyBy.USERNAME, IdentifyBy.AUTH_USERNAME)
"""Identify by user name too, since the peer must prove it with its password."""


def inbound_auth_id(name: str) -> str:
    """Return the id of the auth for the credentials that a trunk's peer must give."""
    return f"{name}_inbound"


def trunk_rows(spec: Trunk) -> TrunkRows:
    """
    Return the rows that *spec* means, unsaved.

    Without inbound credentials, nobody gets in by writing the endpoint's id into From
    (``identify_by=ip``), and no ``auth`` asks the peer for credentials that it does not have. Media
    passes through Asterisk.
    """
    auth = _auth(spec.name, spec.credentials)
    inbound = _auth(inbound_auth_id(spec.name), spec.inbound_credentials)
    aor = Aor(
        id=spec.name,
        contact=spec.contact,
        outbound_proxy=spec.outbound_proxy,
        qualify_frequency=spec.qualify_frequency,
    )
    endpoint = _endpoint(spec)
    endpoint.outbound_auth = (auth.id,) if auth else None
    endpoint.auth = (inbound.id,) if inbound else None
    return TrunkRows(endpoint=endpoint, aor=aor, auth=auth, inbound_auth=inbound)


def _auth(name: str, pair: Credentials | None) -> Auth | None:
    if pair is None:
        return None
    return Auth(
        id=name,
        auth_type=AuthType.USERPASS,
        username=pair.username,
        password=pair.password.reveal(),
    )


def _endpoint(spec: Trunk) -> Endpoint:
    endpoint = Endpoint(
        id=spec.name,
        transport=spec.transport,
        aors=(spec.name,),
        outbound_proxy=spec.outbound_proxy,
        context=spec.context,
        allow=spec.codecs,
        callerid=str(spec.caller_id) if spec.caller_id else None,
        identify_by=BY_CREDENTIALS if spec.inbound_credentials else BY_ADDRESS,
        media_encryption=MediaEncryption.SDES if spec.secure else MediaEncryption.NO,
        direct_media=False,
        rtp_symmetric=True,
        rtp_timeout=RTP_TIMEOUT,
        trust_id_inbound=True,
        allow_subscribe=False,
    )
    if spec.from_user is not KEEP:
        endpoint.from_user = spec.from_user
    if spec.from_domain is not KEEP:
        endpoint.from_domain = spec.from_domain
    return endpoint


class _Trunk(Kind[Trunk, TrunkRows]):
    word = "trunk"
    listing = Listing(
        Endpoint,
        ("id",),
        {"context": ("context", conflicts.DEFAULT_CONTEXT), "transport": ("transport", None)},
        where=lambda: [_may_be_trunk()],
    )
    shared: ClassVar[frozenset[type[Base]]] = frozenset({Aor, Auth, NamedAcl})

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (name,) = key
        return (
            scope(Endpoint, id=name),
            scope(Aor, id=name),
            scope(Auth, id=name),
            scope(Auth, id=inbound_auth_id(name)),
            scope(Registration, id=name),
        )

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
        endpoint = found.get(Endpoint, *key)
        if endpoint is None:
            return ()
        return (
            *endpoints.named_scopes(endpoint),
            scope(Identify, endpoint=endpoint.id),
            *(
                scope(NamedAcl, name=name)
                for name in endpoint.acl or ()
                if name == list_of(endpoint.id)
            ),
        )

    def scopes_by_name(self, key: KeyValues) -> tuple[Scope, ...]:
        return (*self.scopes(key), scope(NamedAcl, name=list_of(key[0])))

    def depends_on(self, spec: Trunk) -> tuple[Scope, ...]:
        return (scope(Identify, endpoint=spec.name),)  # for the check of identification

    def owned(self, spec: Trunk | None, found: Rows) -> Iterable[Base]:
        """Return the endpoint and the rows that it names, not any AOR or auth with its id."""
        endpoint = found.first(Endpoint)
        if endpoint is None:
            return
        yield from endpoints.named_rows(endpoint, found)
        if spec is None:
            yield from found.all(Identify)
            yield from found.all(NamedAcl)

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        registration = found.get(Registration, *key)
        if registration is not None and registration.endpoint == key[0]:
            return f"registration {key[0]!r}, with which it is a registration trunk"
        return foreign_auth(key, found)

    def rows(self, spec: Trunk, found: Rows, view: View) -> Iterable[Wanted]:
        conflicts.refuse_taken_auth(view, spec.name, found)
        rows = trunk_rows(spec)
        if rows.inbound_auth is not None:
            conflicts.refuse_taken_auth(view, spec.name, found, rows.inbound_auth.id)
        known = found.get(Endpoint, spec.name)
        if known is not None and self._means(spec, found):
            _keep_ids(rows, known, view)
        if spec.caller_id is not None:
            rows.endpoint.callerid = _spelled_caller(spec.caller_id, known)
        yield from (Wanted(auth) for auth in (rows.auth, rows.inbound_auth) if auth is not None)
        yield Wanted(rows.aor)
        yield Wanted(rows.endpoint, initial=INITIAL)

    def _means(self, spec: Trunk, found: Rows) -> bool:
        """Tell whether the rows already match *spec*, with any ids."""
        try:
            return self.read((spec.name,), found) == spec
        except ValidationError:
            return False

    def questions(self, spec: Trunk) -> tuple[Question, ...]:
        return (
            conflicts.authenticated_in(spec.context),
            conflicts.outbound_steps(spec.context),
            onward.from_context(spec.context),
            conflicts.aors_of_others(),
            *conflicts.matching_names(spec.name)[1:],
            conflicts.auth_users(),
            conflicts.transport(spec.transport),
        )

    def check(self, spec: Trunk, view: View) -> None:
        if spec.inbound_credentials is None:
            conflicts.refuse_outbound(view, spec.name, spec.context)
        conflicts.refuse_aor_of_others(view, spec.name)
        conflicts.refuse_wide_name(view, spec.name)
        endpoints.check_transport(
            view,
            spec.transport,
            spec.protocols,
            "use TLS for a secure trunk, another protocol otherwise, and what its URIs ask for",
        )

    def group(self, key: KeyValues, rows: Rows) -> TrunkRows:
        return trunk_rows_of(key, rows)

    def read(self, key: KeyValues, found: Rows) -> Trunk:
        endpoint = found.one(Endpoint)
        aor = next((row for row in found.all(Aor) if row.id in (endpoint.aors or ())), Aor(id="-"))
        inbound = _credentials(endpoint.auth, found)
        return Trunk(
            name=endpoint.id,
            contact=aor.contact or (),
            outbound_proxy=endpoint.outbound_proxy,
            transport=_transport(endpoint),
            secure=endpoint.media_encryption is MediaEncryption.SDES,
            context=endpoint.context or conflicts.DEFAULT_CONTEXT,
            codecs=endpoint.allow or (),
            credentials=_credentials(endpoint.outbound_auth, found),
            inbound_credentials=inbound,
            # An existing weak password is not refused: the caller may not have chosen it.
            allow_weak_password=inbound is not None,
            caller_id=caller_id(endpoint.callerid) if endpoint.callerid else None,
            from_user=endpoint.from_user or KEEP,
            from_domain=endpoint.from_domain or KEEP,
            qualify_frequency=aor.qualify_frequency or 0,
        )


TRUNK: Final = _Trunk()


def _may_be_trunk() -> ColumnElement[bool]:
    """Return the endpoints that name no auth, or one for inbound credentials."""
    auth = cast(Endpoint.auth, Text())
    return Rare("ps_endpoints") & or_(
        auth.is_(None), auth == "", auth.endswith(inbound_auth_id(""), autoescape=True)
    )


def _keep_ids(rows: TrunkRows, known: Endpoint, view: View) -> None:
    """Keep the ids of an existing AOR and auth that only the trunk names."""
    rows.aor.id = endpoints.own_id(view, Aor, known.aors, known.id)
    rows.endpoint.aors = (rows.aor.id,)
    if rows.auth is not None:
        rows.auth.id = endpoints.own_id(view, Auth, known.outbound_auth, known.id)
        rows.endpoint.outbound_auth = (rows.auth.id,)


def _transport(endpoint: Endpoint) -> str:
    if endpoint.transport is None:
        problem = "the endpoint names none, so Asterisk uses any that fits"
        raise ValidationError("transport", None, problem, "name one in its column transport")
    return endpoint.transport


def _spelled_caller(caller: CallerId, known: Endpoint | None) -> str:
    """Return the cell of the caller ID; an existing one with the same meaning stays."""
    return endpoints.spelled(known.callerid if known else None, caller, read=caller_id, write=str)


def _credentials(names: tuple[str, ...] | None, found: Rows) -> Credentials | None:
    auth = next((row for row in found.all(Auth) if row.id in (names or ())), None)
    if auth is None or auth.username is None or auth.password is None:
        return None
    return Credentials(auth.username, Secret(auth.password))


def foreign_auth(key: KeyValues, found: Rows) -> str | None:
    """Describe the endpoint if it has another auth than a trunk's; else return None."""
    endpoint = found.get(Endpoint, *key)
    if endpoint is None or endpoint.auth in {None, (), (inbound_auth_id(endpoint.id),)}:
        return None
    return f"endpoint {endpoint.id!r}, which authenticates its calls and so is not a trunk"


def trunk_rows_of(key: KeyValues, rows: Rows) -> TrunkRows:
    """Return the rows of a trunk, each in its place."""
    endpoint = rows.get(Endpoint, *key) or rows.one(Endpoint)
    return TrunkRows(
        endpoint=endpoint,
        aor=rows.one(Aor),
        auth=_named(rows, endpoint.outbound_auth),
        inbound_auth=_named(rows, endpoint.auth),
        registration=rows.first(Registration),
    )


def _named(rows: Rows, names: tuple[str, ...] | None) -> Auth | None:
    return rows.get(Auth, names[0]) if names else None
