"""What phones of all kinds share: an endpoint that registers, its AOR, and its auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

import attrs

from asterisk_realtime.errors import ConflictError, ValidationError
from asterisk_realtime.models import Aor, Auth, Base, Endpoint, Identify, PhoneRows
from asterisk_realtime.provision.checks import conflicts
from asterisk_realtime.provision.engine.identification import is_found_by_name
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import TABLES, Rows, Wanted, described, identity
from asterisk_realtime.provision.engine.references import namers
from asterisk_realtime.provision.engine.scopes import Question, Scope, scope
from asterisk_realtime.provision.kinds import endpoints, passwords
from asterisk_realtime.provision.kinds.trunks import inbound_auth_id
from asterisk_realtime.specs.phones import Phone, RtpProfile, SipAccount, WebRtcPhone
from asterisk_realtime.values.accounts import new_password
from asterisk_realtime.values.caller_id import stored_caller_id
from asterisk_realtime.values.choices import DtlsSetup, DtlsVerify, IdentifyBy, MediaEncryption
from asterisk_realtime.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asterisk_realtime.provision.engine.view import View

A = TypeVar("A", bound=SipAccount)

INITIAL: Final = frozenset({"direct_media", "rtp_symmetric", "force_rport", "rewrite_contact"})
"""Settings of a new endpoint that its owner may change; phones behind NAT need them."""

_CERTIFICATE: Final = frozenset({"dtls_auto_generate_cert", "dtls_verify", "dtls_setup"})
"""DTLS settings; a certificate that a person set stays unless the encryption changes."""

_DTLS: Final = frozenset({MediaEncryption.DTLS})

INITIAL_AOR: Final = frozenset({"remove_existing"})
"""Settings of a new AOR that its owner may change."""


def phone_rows(spec: Phone | WebRtcPhone) -> PhoneRows:
    """
    Return the rows that *spec* means, unsaved; without a password if it is to be generated.

    Nobody gets in without the password: an endpoint with ``auth`` challenges every request, and
    with ``identify_by=username`` no address identifies it.

    Raises:
        ValidationError: A digest is to be stored, and no password is given.
    """
    return _rows(spec, Rows())


def _rows(spec: SipAccount, found: Rows) -> PhoneRows:
    known = found.get(Endpoint, spec.id)
    auth = passwords.auth_row(spec, _auth_of(spec.id, found))
    aor_id = _aor_id(spec.id, found)
    endpoint = Endpoint(
        id=spec.id,
        transport=spec.transport,
        aors=(aor_id,),
        auth=(auth.id,),
        context=spec.context,
        allow=spec.codecs,
        callerid=_caller_id(spec, known),
        mailboxes=spec.mailboxes or None,
        identify_by=_identify_by(known),
        direct_media=False,
        **_media(spec),
    )
    aor = Aor(
        id=aor_id,
        max_contacts=spec.max_contacts,
        remove_existing=True,
        qualify_frequency=spec.qualify_frequency,
    )
    return PhoneRows(endpoint=endpoint, aor=aor, auth=auth)


def _media(spec: SipAccount) -> Mapping[str, Any]:
    """Return the columns that differ between phones and browsers."""
    if isinstance(spec, WebRtcPhone):
        # Asterisk itself adds DTLS by fingerprint, AVPF, ICE, rtcp_mux and bundle, and finds the
        # browser by its connection (res/res_pjsip/pjsip_configuration.c).
        return {
            "webrtc": True,
            "dtls_cert_file": spec.cert_file,
            "dtls_private_key": spec.private_key,
            "dtls_auto_generate_cert": None if spec.cert_file else True,
        }
    phone = cast("Phone", spec)
    dtls = phone.media_encryption is MediaEncryption.DTLS
    return {
        "media_encryption": phone.media_encryption,
        **_profile(phone.profile),
        "dtls_auto_generate_cert": True if dtls else None,
        "dtls_verify": DtlsVerify.FINGERPRINT if dtls else None,
        "dtls_setup": DtlsSetup.ACTPASS if dtls else None,
        "rtp_symmetric": True,
        "force_rport": True,
        "rewrite_contact": True,
    }


def _profile(profile: RtpProfile) -> Mapping[str, Any]:
    """Return the columns that choose which RTP profiles are accepted."""
    if profile is RtpProfile.ANY:  # use_avpf then only chooses the profile to offer
        return {"media_use_received_transport": True}
    feedback = True if profile is RtpProfile.AVPF else None
    return {"media_use_received_transport": None, "use_avpf": feedback}


def read_profile(endpoint: Endpoint) -> RtpProfile | None:
    """Return the profile that an endpoint has; None if it is the default of its encryption."""
    profile = RtpProfile.AVPF if endpoint.use_avpf else RtpProfile.AVP
    if endpoint.media_use_received_transport:
        profile = RtpProfile.ANY
    usual = RtpProfile.usual(endpoint.media_encryption or MediaEncryption.NO)
    return None if profile is usual else profile


def _caller_id(spec: SipAccount, known: Endpoint | None) -> str | None:
    """Return the cell of the caller ID; an existing one with the same meaning stays."""
    if spec.caller_id is None:
        return None
    return endpoints.spelled(
        known.callerid if known else None, spec.caller_id, read=stored_caller_id, write=str
    )


def _identify_by(known: Endpoint | None) -> tuple[IdentifyBy, ...] | None:
    """Return ``identify_by``; an existing one by which a name identifies the phone stays."""
    if known is not None and is_found_by_name(known):
        return known.identify_by
    return (IdentifyBy.USERNAME,)


def _initial(spec: SipAccount, known: Endpoint | None) -> frozenset[str]:
    """Return the columns that keep their values if the endpoint exists."""
    kept = known is not None and (
        known.dtls_cert_file == spec.cert_file
        if isinstance(spec, WebRtcPhone)
        else known.media_encryption == cast("Phone", spec).media_encryption
        or not (_DTLS & {known.media_encryption, cast("Phone", spec).media_encryption})
    )
    return INITIAL | _CERTIFICATE if kept else INITIAL


class Account(Kind[A, PhoneRows]):
    """Base of the kinds of phones."""

    shared: ClassVar[frozenset[type[Base]]] = frozenset({Aor, Auth})
    protocols: ClassVar[frozenset[str]]
    fields = ("id",)
    listing = Listing(
        Endpoint,
        ("id",),
        {"context": ("context", conflicts.DEFAULT_CONTEXT), "transport": ("transport", None)},
        # A trunk whose peer authenticates has an auth too; `foreign_endpoint` recognises it.
        where=lambda: [Endpoint.auth.is_not(None)],
    )

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return the rows with its id, and its identify rows."""
        (name,) = key
        return (
            scope(Endpoint, id=name),
            scope(Aor, id=name),
            scope(Auth, id=name),
            scope(Identify, endpoint=name),
        )

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
        """Return the AORs and auths that its endpoint names."""
        endpoint = found.get(Endpoint, *key)
        return () if endpoint is None else endpoints.named_scopes(endpoint)

    def owned(self, spec: A | None, found: Rows) -> Iterable[Base]:
        """Return the endpoint and the rows that it names, for a deletion; a spec removes none."""
        endpoint = found.first(Endpoint)
        if endpoint is None or spec is not None:
            return
        yield from endpoints.named_rows(endpoint, found)
        yield from found.all(Identify)

    def group(self, key: KeyValues, rows: Rows) -> PhoneRows:
        """Return endpoint, AOR and auth."""
        return PhoneRows(endpoint=rows.one(Endpoint), aor=rows.one(Aor), auth=rows.one(Auth))

    def with_secret(self, spec: A, secret: Secret) -> A:
        """Return *spec* with another password, which must not be weak."""
        return attrs.evolve(spec, password=secret, allow_weak_password=False)

    def new_secret(self, spec: A) -> Secret:
        """Return a random password."""
        return Secret(new_password())

    def rows(self, spec: A, found: Rows, view: View) -> Iterable[Wanted]:
        """Return its three rows; a new auth gets a generated password, unless one is given."""
        known = _auth_of(spec.id, found)
        aor = found.get(Aor, _aor_id(spec.id, found))
        for row in (known, aor):
            if row is not None and row.id != spec.id:
                _refuse_shared(view, spec.id, row)
        conflicts.refuse_taken_auth(view, spec.id, found)
        rows = _rows(spec, found)
        makes = known is None and spec.secret is None
        yield Wanted(rows.auth, generated={"password": new_password} if makes else {})
        yield Wanted(rows.aor, initial=INITIAL_AOR)
        yield Wanted(rows.endpoint, initial=_initial(spec, found.get(Endpoint, spec.id)))

    def questions(self, spec: A) -> tuple[Question, ...]:
        """Ask who enters its context, who names its AOR or auth, and for its transport."""
        transport = (conflicts.transport(spec.transport),) if spec.transport else ()
        return (
            conflicts.unauthenticated_in(spec.context),
            conflicts.aors_of_others(),
            *conflicts.matching_names(spec.id),
            conflicts.auth_users(),
            *transport,
        )

    def check(self, spec: A, view: View) -> None:
        """Refuse a context of unauthenticated callers, an AOR of others, and a wrong transport."""
        conflicts.refuse_unauthenticated(
            view,
            f"{self.word} {spec.id!r}",
            spec.id,
            spec.context,
            "give phones a context that no trunk has",
        )
        conflicts.refuse_aor_of_others(view, spec.id)
        conflicts.refuse_matching_name(view, spec.id)
        if spec.transport is not None:
            hint = f"a {self.word} needs one of {', '.join(sorted(self.protocols))}"
            endpoints.check_transport(view, spec.transport, self.protocols, hint)

    def shared_fields(self, endpoint: Endpoint, found: Rows) -> dict[str, Any]:
        """Return the fields that all phones have, read from the rows."""
        aor = _aor_of(endpoint, found)
        boxes = endpoint.mailboxes or ()
        return {
            "id": endpoint.id,
            "context": endpoint.context or conflicts.DEFAULT_CONTEXT,
            "caller_id": stored_caller_id(endpoint.callerid) if endpoint.callerid else None,
            "codecs": endpoint.allow or (),
            "mailbox": [box if "@" in box else f"{box}@" for box in boxes] or None,
            "transport": endpoint.transport,
            "max_contacts": aor.max_contacts,
            "qualify_frequency": aor.qualify_frequency or 0,
            **passwords.fields(endpoint.id, _only_auth(endpoint, found)),
        }


def _aor_id(name: str, found: Rows) -> str:
    """Return the id of the AOR that the endpoint names, if it names one; else its own id."""
    endpoint = found.get(Endpoint, name)
    named = (endpoint and endpoint.aors) or ()
    return named[0] if len(named) == 1 else name


def _aor_of(endpoint: Endpoint, found: Rows) -> Aor:
    """
    Return the one AOR of a phone.

    Raises:
        ValidationError: The endpoint names none or several, the row is missing, or the AOR
            allows no registration.
    """
    named = endpoint.aors or ()
    if len(named) != 1:
        shown = ",".join(named) or None
        raise ValidationError("aors", shown, "a phone has one AOR", "name one in its endpoint")
    aor = found.get(Aor, named[0])
    if aor is None:
        raise ValidationError("aors", named[0], "ps_aors has no such row", "add it")
    if not aor.max_contacts:
        raise ValidationError(
            "max_contacts",
            aor.max_contacts,
            f"AOR {aor.id!r} allows no registration",
            "set it to 1 or more",
        )
    return aor


def _auth_of(name: str, found: Rows) -> Auth | None:
    """Return the auth that the endpoint names, or else the one with its id."""
    endpoint = found.get(Endpoint, name)
    named = endpoint.auth if endpoint is not None else None
    return found.get(Auth, (named or (name,))[0])


def _only_auth(endpoint: Endpoint, found: Rows) -> Auth:
    """
    Return the one auth of a phone.

    Raises:
        ValidationError: The endpoint names several, the row is missing, or has no user name.
    """
    named = endpoint.auth or ()
    if len(named) != 1:
        raise ValidationError("auth", ",".join(named), "a phone has one auth", "keep one")
    auth = found.get(Auth, named[0])
    if auth is None:
        raise ValidationError("auth", named[0], "ps_auths has no such row", "add it")
    if auth.username is None:
        raise ValidationError(
            "username", None, f"without it nobody registers with auth {auth.id!r}", "set it"
        )
    return auth


def _refuse_shared(view: View, name: str, shared: Auth | Aor) -> None:
    """Refuse to change an auth or AOR that a second endpoint uses too."""
    for row in namers(view, shared):
        if identity(row) != (Endpoint, (name,)):
            raise ConflictError(
                f"{described(shared)} of endpoint {name!r}",
                f"{described(row)}, which uses it too",
                f"give each phone an {TABLES[type(shared)].word} of its own",
            )


def foreign_endpoint(key: KeyValues, found: Rows, *, webrtc: bool) -> str | None:
    """Describe the endpoint if it is not a phone of this kind; else return None."""
    endpoint = found.get(Endpoint, *key)
    if endpoint is not None and endpoint.auth == (inbound_auth_id(endpoint.id),):
        return f"endpoint {endpoint.id!r}, which is a trunk whose peer authenticates"
    if endpoint is None or (endpoint.auth and bool(endpoint.webrtc) is webrtc):
        return None
    if not endpoint.auth:
        return f"endpoint {endpoint.id!r}, which has no auth and so is not a phone"
    what = "a phone without WebRTC" if webrtc else "a WebRTC phone"
    return f"endpoint {endpoint.id!r}, which is {what}"
