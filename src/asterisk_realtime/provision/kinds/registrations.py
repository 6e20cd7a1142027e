"""Trunks that register: an endpoint, its AOR, its auth, and a registration that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from asterisk_realtime.errors import ConflictError, ValidationError
from asterisk_realtime.models import Aor, Auth, Base, Endpoint, Registration, TrunkRows
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Question, Scope, scope
from asterisk_realtime.provision.kinds.trunks import TRUNK, foreign_auth, trunk_rows_of
from asterisk_realtime.specs.trunks import RegistrationTrunk
from asterisk_realtime.values import sip
from asterisk_realtime.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.provision.engine.view import View

DEFAULTS: Final = {"expiration": 3600, "retry_interval": 60, "max_retries": 10}
"""Asterisk's defaults of columns that are NULL (``res/res_pjsip_outbound_registration.c``)."""

DEFAULT_USER: Final = "s"
"""Extension that calls arrive at if ``contact_user`` is NULL."""

FATAL_RETRY: Final = 600
"""Seconds until the next attempt after a fatal response, which may be the registrar's mistake."""

INITIAL: Final = frozenset({"auth_rejection_permanent", "fatal_retry_interval"})
"""Settings of a new registration that its owner may change."""


def registration_row(spec: RegistrationTrunk) -> Registration:
    """
    Return the registration that *spec* means, unsaved.

    By ``line`` and ``endpoint``, calls with the token of the registration's Contact are the
    endpoint's. A rejected password does not end the registration: it may be the registrar's
    mistake.
    """
    return Registration(
        id=spec.name,
        server_uri=spec.server_uri,
        client_uri=spec.client_uri,
        contact_user=spec.contact_user or _account(spec.client_uri),
        outbound_auth=(spec.name,),
        outbound_proxy=spec.outbound_proxy,
        transport=spec.transport,
        expiration=spec.expiration,
        retry_interval=spec.retry_interval,
        forbidden_retry_interval=spec.forbidden_retry_interval,
        max_retries=spec.max_retries,
        line=True,
        endpoint=spec.name,
        auth_rejection_permanent=False,
        fatal_retry_interval=FATAL_RETRY,
    )


def _account(client_uri: str) -> str | None:
    return sip.parse(client_uri).user


class _RegistrationTrunk(Kind[RegistrationTrunk, TrunkRows]):
    word = "registration trunk"
    listing = Listing(Registration, ("id",), TRUNK.listing.columns, holder=Endpoint)
    shared: ClassVar[frozenset[type[Base]]] = TRUNK.shared

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (name,) = key
        return (
            scope(Registration, id=name),
            scope(Endpoint, id=name),
            scope(Aor, id=name),
            scope(Auth, id=name),
        )

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
        registration = found.get(Registration, *key)
        named = (registration and registration.outbound_auth) or ()
        return *TRUNK.related(key, found), *(scope(Auth, id=name) for name in named)

    def scopes_by_name(self, key: KeyValues) -> tuple[Scope, ...]:
        return (*self.scopes(key), *TRUNK.scopes_by_name(key))

    def depends_on(self, spec: RegistrationTrunk) -> tuple[Scope, ...]:
        return TRUNK.depends_on(spec.trunk())

    def owned(self, spec: RegistrationTrunk | None, found: Rows) -> Iterable[Base]:
        registrations = found.all(Registration)
        yield from registrations
        yield from TRUNK.owned(spec.trunk() if spec else None, found)
        if spec is None and found.first(Endpoint) is None:
            named = {name for row in registrations for name in row.outbound_auth or ()}
            yield from (row for row in found.all(Auth) if row.id in named)

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        (name,) = key
        registration = found.get(Registration, name)
        if registration is not None and registration.endpoint is None:
            return f"registration {name!r}, which has no endpoint"
        if registration is not None and registration.endpoint != name:
            return f"registration {name!r}, which belongs to endpoint {registration.endpoint!r}"
        if registration is None and found.get(Endpoint, name) is not None:
            return f"endpoint {name!r}, which has no registration"
        return foreign_auth(key, found)

    def undeletable(self, key: KeyValues, found: Rows) -> str | None:
        """Let a registration without an endpoint be deleted: it belongs to no trunk."""
        registration = found.get(Registration, *key)
        alone = registration is not None and registration.endpoint is None
        return None if alone and found.first(Endpoint) is None else self.foreign(key, found)

    def rows(self, spec: RegistrationTrunk, found: Rows, view: View) -> Iterable[Wanted]:
        row, known = registration_row(spec), found.first(Registration)
        if known is not None and known.contact_user is None and row.contact_user == DEFAULT_USER:
            row.contact_user = None  # Asterisk writes the same
        for wanted in TRUNK.rows(spec.trunk(), found, view):
            if isinstance(wanted.row, Endpoint):
                row.outbound_auth = wanted.row.outbound_auth
            yield wanted
        yield Wanted(row, initial=INITIAL)

    def questions(self, spec: RegistrationTrunk) -> tuple[Question, ...]:
        return *TRUNK.questions(spec.trunk()), _REGISTERED

    def check(self, spec: RegistrationTrunk, view: View) -> None:
        TRUNK.check(spec.trunk(), view)
        _refuse_second(spec, view)

    def group(self, key: KeyValues, rows: Rows) -> TrunkRows:
        return trunk_rows_of(key, rows)

    def read(self, key: KeyValues, found: Rows) -> RegistrationTrunk:
        trunk = TRUNK.read(key, found)
        row = found.one(Registration)
        user = row.contact_user or DEFAULT_USER
        client_uri = sip.account(row.client_uri or "", "client_uri")
        return RegistrationTrunk(
            name=trunk.name,
            server_uri=row.server_uri or "",
            client_uri=client_uri,
            credentials=trunk.credentials or ("", Secret("")),
            contact=None if trunk.contact == (row.server_uri,) else trunk.contact,
            contact_user=None if user == _account(client_uri) else user,
            outbound_proxy=trunk.outbound_proxy,
            transport=trunk.transport,
            secure=trunk.secure,
            context=trunk.context,
            codecs=trunk.codecs,
            caller_id=trunk.caller_id,
            from_user=trunk.from_user,
            from_domain=trunk.from_domain,
            qualify_frequency=trunk.qualify_frequency,
            forbidden_retry_interval=row.forbidden_retry_interval or 0,
            **{name: getattr(row, name) or default for name, default in DEFAULTS.items()},
        )


REGISTRATION_TRUNK: Final = _RegistrationTrunk()

_REGISTERED: Final = Question(
    ("registered accounts",),
    Registration,
    ("client_uri", "server_uri"),
    lambda: [Registration.client_uri.is_not(None)],
    lambda row: bool(row.client_uri and row.server_uri),
)
"""Asks for the account and the registrar of each registration."""


def _refuse_second(spec: RegistrationTrunk, view: View) -> None:
    """
    Refuse to register an account twice at one registrar: one would take the other's calls.

    Raises:
        ConflictError: Another registration registers it.
    """
    wanted = _account_at_registrar(spec.client_uri, spec.server_uri)
    for row in view.answers(_REGISTERED):
        registered = _account_at_registrar(row.client_uri, row.server_uri)
        if row.id != spec.name and registered == wanted:
            raise ConflictError(
                f"registration trunk {spec.name!r}",
                f"registration {row.id!r}, which registers the same account at the same registrar",
                "delete that one first, or use its name",
            )


def _account_at_registrar(client_uri: str, server_uri: str) -> tuple[object, ...] | None:
    """Return user, domain and registrar of two URIs, without ports and parameters."""
    try:
        client, server = sip.parse(client_uri), sip.parse(server_uri)
    except ValidationError:
        return None
    return client.user, client.host.lower(), server.host.lower()
