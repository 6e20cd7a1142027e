"""What phones of all kinds share: an endpoint that registers, its AOR, and its auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import attrs

from asterisk_realtime.errors import ConflictError, InvalidValueError
from asterisk_realtime.models import Aor, Auth, Base, Endpoint, Identify
from asterisk_realtime.provision import endpoints, neighbours, passwords
from asterisk_realtime.provision.engine.kinds import Key, Kind
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.references import namers
from asterisk_realtime.provision.engine.scopes import Question, Scope, scope
from asterisk_realtime.provision.trunks import inbound_auth_id
from asterisk_realtime.specs.phones import Phone, SipAccount, WebRtcPhone
from asterisk_realtime.values.accounts import new_password
from asterisk_realtime.values.caller_id import internal_caller_id
from asterisk_realtime.values.choices import DtlsSetup, DtlsVerify, IdentifyBy, MediaEncryption

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asterisk_realtime.provision.engine.view import View

A = TypeVar("A", bound=SipAccount)

INITIAL: Final = frozenset({"direct_media", "rtp_symmetric", "force_rport", "rewrite_contact"})
"""Settings of a new endpoint that its owner may change: all that phones behind NAT need."""

INITIAL_AOR: Final = frozenset({"remove_existing"})
"""The same of a new AOR."""


@attrs.frozen(kw_only=True)
class PhoneRows:
    """
    The rows of a phone.

    They are models in the caller's session: set rarer columns on them before you commit.

    Attributes:
        endpoint: How to talk to it.
        aor: Where it may register; Asterisk keeps in ``ps_contacts`` where it did.
        auth: What it proves itself with. A password that was generated is read here.
    """

    endpoint: Endpoint
    aor: Aor
    auth: Auth


def phone_rows(spec: Phone | WebRtcPhone) -> PhoneRows:
    """
    Return the rows that *spec* means, unsaved; without a password where it is to be generated.

    Nobody gets in without the password: an endpoint with ``auth`` challenges every request, and
    ``identify_by=username`` lets no address stand for it.

    Raises:
        InvalidValueError: A digest is to be stored, of no password.
    """
    return _rows(spec, None)


def _rows(spec: SipAccount, known: Auth | None) -> PhoneRows:
    auth = passwords.auth_row(spec, known)
    endpoint = Endpoint(
        id=spec.id,
        transport=spec.transport,
        aors=(spec.id,),
        auth=(auth.id,),
        context=spec.context,
        allow=spec.codecs,
        callerid=str(spec.caller_id) if spec.caller_id else None,
        mailboxes=(spec.mailbox,) if spec.mailbox else None,
        identify_by=(IdentifyBy.USERNAME,),
        direct_media=False,
        **_media(spec),
    )
    aor = Aor(
        id=spec.id,
        max_contacts=spec.max_contacts,
        remove_existing=True,
        qualify_frequency=spec.qualify_frequency,
    )
    return PhoneRows(endpoint=endpoint, aor=aor, auth=auth)


def _media(spec: SipAccount) -> Mapping[str, Any]:
    """Return the columns that tell a phone from a browser."""
    if isinstance(spec, WebRtcPhone):
        # Asterisk itself adds DTLS by fingerprint, AVPF, ICE, rtcp_mux and bundle, and finds the
        # browser by its connection (res/res_pjsip/pjsip_configuration.c).
        return {
            "webrtc": True,
            "dtls_cert_file": spec.cert_file,
            "dtls_private_key": spec.private_key,
            "dtls_auto_generate_cert": None if spec.cert_file else True,
        }
    encryption = spec.media_encryption if isinstance(spec, Phone) else MediaEncryption.NO
    dtls = encryption is MediaEncryption.DTLS
    return {
        "media_encryption": encryption,
        "dtls_auto_generate_cert": True if dtls else None,
        "dtls_verify": DtlsVerify.FINGERPRINT if dtls else None,
        "dtls_setup": DtlsSetup.ACTPASS if dtls else None,
        "rtp_symmetric": True,
        "force_rport": True,
        "rewrite_contact": True,
    }


class Account(Kind[A]):
    """What phones of all kinds share."""

    shared: ClassVar[frozenset[type[Base]]] = frozenset({Aor, Auth})
    protocols: ClassVar[frozenset[str]]
    fields = ("id",)

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        """Return what is called as it is, and the addresses that are taken for it."""
        (name,) = key
        return (
            scope(Endpoint, id=name),
            scope(Aor, id=name),
            scope(Auth, id=name),
            scope(Identify, endpoint=name),
        )

    def related(self, key: Key, found: Rows) -> tuple[Scope, ...]:
        """Return the AORs and auths that its endpoint names."""
        endpoint = found.get(Endpoint, *key)
        return () if endpoint is None else endpoints.named_scopes(endpoint)

    def owned(self, spec: A | None, found: Rows) -> Iterable[Base]:
        """Return what the endpoint names; what a spec has no word for stays with it."""
        endpoint = found.maybe(Endpoint)
        if endpoint is None or spec is not None:
            return
        yield from endpoints.named_rows(endpoint, found)
        yield from found.all(Identify)

    def rows(self, spec: A, found: Rows, view: View) -> Iterable[Wanted]:
        """Return its three rows; a password is made for an auth that is not there yet."""
        known = _auth_of(spec.id, found)
        if known is not None and known.id != spec.id:
            _refuse_shared(view, spec.id, known)
        neighbours.refuse_taken_auth(view, spec.id, found)
        rows = _rows(spec, known)
        makes = known is None and spec.password is None
        yield Wanted(rows.auth, generated={"password": new_password} if makes else {})
        yield Wanted(rows.aor, initial=INITIAL_AOR)
        yield Wanted(rows.endpoint, initial=INITIAL)

    def questions(self, spec: A) -> tuple[Question, ...]:
        """Ask who is in its context, who has its AOR or auth, and for its transport."""
        transport = (neighbours.transport(spec.transport),) if spec.transport else ()
        return (
            neighbours.entrances(spec.context),
            neighbours.borrowers(),
            neighbours.wildcards(),
            neighbours.auth_users(),
            *transport,
        )

    def check(self, spec: A, view: View) -> None:
        """Refuse a context that strangers enter, a borrowed AOR, another protocol."""
        neighbours.refuse_entrance(
            view,
            f"{self.word} {spec.id!r}",
            spec.id,
            spec.context,
            "give phones a context that no trunk has",
        )
        neighbours.refuse_borrowed(view, spec.id)
        neighbours.refuse_lookalike(view, spec.id)
        if spec.transport is not None:
            way_out = f"a {self.word} needs one of {', '.join(sorted(self.protocols))}"
            endpoints.check_transport(view, spec.transport, self.protocols, way_out)

    def shared_fields(self, endpoint: Endpoint, found: Rows) -> dict[str, Any]:
        """Return the fields that all phones have, as the rows have them."""
        aor = found.get(Aor, endpoint.id) or Aor(id=endpoint.id)
        boxes = endpoint.mailboxes or ()
        if len(boxes) > 1:
            raise InvalidValueError("mailbox", ",".join(boxes), "there are several", "keep one")
        return {
            "id": endpoint.id,
            "context": endpoint.context or neighbours.DEFAULT_CONTEXT,
            "caller_id": internal_caller_id(endpoint.callerid) if endpoint.callerid else None,
            "codecs": endpoint.allow or (),
            "mailbox": boxes[0] if boxes else None,
            "transport": endpoint.transport,
            "max_contacts": aor.max_contacts or 0,
            "qualify_frequency": aor.qualify_frequency or 0,
            **passwords.fields(endpoint.id, _auth_of(endpoint.id, found)),
        }


def _auth_of(name: str, found: Rows) -> Auth | None:
    """Return the auth that the endpoint names, else the one that is called as it is."""
    endpoint = found.get(Endpoint, name)
    named = endpoint.auth if endpoint is not None else None
    return found.get(Auth, (named or (name,))[0])


def _refuse_shared(view: View, name: str, auth: Auth) -> None:
    """Refuse to change an auth of another name that serves a second endpoint."""
    for row in namers(view, auth):
        if not (isinstance(row, Endpoint) and row.id == name):
            raise ConflictError(
                f"{described(auth)} of endpoint {name!r}",
                f"{described(row)}, which has it too",
                "give each phone an auth of its own",
            )


def foreign_endpoint(key: Key, found: Rows, *, webrtc: bool) -> str | None:
    """Return what the endpoint is, if it is no phone of this kind."""
    endpoint = found.get(Endpoint, *key)
    if endpoint is not None and endpoint.auth == (inbound_auth_id(endpoint.id),):
        return f"endpoint {endpoint.id!r}, which is a trunk whose peer authenticates"
    if endpoint is None or (endpoint.auth and bool(endpoint.webrtc) is webrtc):
        return None
    if not endpoint.auth:
        return f"endpoint {endpoint.id!r}, which authenticates nobody and so is no phone"
    what = "a phone without WebRTC" if webrtc else "a WebRTC phone"
    return f"endpoint {endpoint.id!r}, which is {what}"


def phone_rows_of(rows: Rows) -> PhoneRows:
    """Return the rows of a phone, sorted out."""
    return PhoneRows(endpoint=rows.one(Endpoint), aor=rows.one(Aor), auth=rows.one(Auth))
