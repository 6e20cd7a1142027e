"""SIP phones, and browsers that act as phones (WebRTC)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.specs.mailboxes import mailbox_name, mailbox_number
from asterisk_realtime.specs.trunks import qualify_interval
from asterisk_realtime.values import accounts, transports
from asterisk_realtime.values.caller_id import CallerId, internal_caller_id
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.choices import DigestAlgorithm, MediaEncryption
from asterisk_realtime.values.codecs import codec_list
from asterisk_realtime.values.names import object_id, plain_name, transport_name
from asterisk_realtime.values.plain import flag, member, one_or_more, whole_number
from asterisk_realtime.values.secret import SECRET, Secret
from asterisk_realtime.values.words import GENERATE, KEEP, Generate, Keep, refuse_word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from asterisk_realtime.models import PhoneRows
    from asterisk_realtime.values.choice_words import (
        MediaEncryptionWord,
        PasswordStorageWord,
        RtpProfileWord,
    )

MAX_CONTACTS: Final = 2**31 - 1
"""Most devices that can register as one phone: the column's limit."""

DIGESTS: Final = (DigestAlgorithm.SHA_256, DigestAlgorithm.MD5)
"""Digests that are stored by default: the preferred one, and one for old phones."""


class PasswordStorage(StrEnum):
    """
    How ``ps_auths`` keeps a password.

    A digest works only for one realm and user name. Whoever reads it can register with it, but
    cannot learn the password from it.
    """

    PLAIN = "plain"
    """In plain text, which works with every hash and realm."""

    MD5 = "md5"
    """``md5_cred``, which every release of Asterisk reads."""

    DIGEST = "digest"
    """``password_digest`` with one hash or several, since Asterisk 20.12, 21.7 and 22.2."""


class RtpProfile(StrEnum):
    """RTP profile of a phone's calls (RFC 3551, RFC 4585; encrypted RFC 3711, RFC 5764)."""

    AVP = "avp"
    """``RTP/AVP``, with sdes ``RTP/SAVP``, with dtls ``UDP/TLS/RTP/SAVP``: pjsua, Linphone."""

    AVPF = "avpf"
    """The same with feedback, ``UDP/TLS/RTP/SAVPF`` with dtls: baresip, browsers."""

    ANY = "any"
    """
    The profile that the phone offers. Asterisk then also accepts offers without encryption, and
    the media of such a call is not encrypted.
    """

    @classmethod
    def usual(cls, encryption: MediaEncryption) -> RtpProfile:
        """Return the profile that phones with this encryption usually offer."""
        return cls.AVPF if encryption is MediaEncryption.DTLS else cls.AVP


def _password(value: str | Secret | Generate | Keep) -> Secret | Generate | Keep:
    if value is GENERATE or value is KEEP:
        return value
    refuse_word(value, "password", "give one, or leave it out to have one generated")
    return accounts.password(value)


def _storage(value: PasswordStorage | PasswordStorageWord) -> PasswordStorage:
    return member(PasswordStorage, value, "storage")


def _encryption(value: MediaEncryption | MediaEncryptionWord) -> MediaEncryption:
    return member(MediaEncryption, value, "media_encryption")


def _profile(value: RtpProfile | RtpProfileWord) -> RtpProfile:
    return member(RtpProfile, value, "rtp_profile")


def _contacts(value: int) -> int:
    return whole_number(value, "max_contacts", lowest=1, highest=MAX_CONTACTS)


def mailbox_names(value: str | Iterable[str], field: str = "mailbox") -> str | tuple[str, ...]:
    """
    Return *value*, one mailbox or several, each as ``number@context``.

    A number alone is in context ``default``. ``100@`` is a mailbox without a context, as
    ``res_mwi_external`` names those of another voicemail system.

    Raises:
        ValidationError: One is not a mailbox, or none is given.
    """
    names = one_or_more(value)
    found = tuple(
        f"{mailbox_number(name[:-1], field)}@"
        if isinstance(name, str) and name.endswith("@")
        else mailbox_name(name, field)
        for name in names
    )
    if not found or len(set(found)) < len(found):
        raise ValidationError(
            field, value, "it is empty or names a mailbox twice", "name each once"
        )
    first, *others = found
    return found if others else first


@attrs.frozen(kw_only=True)
class SipAccount(Spec["PhoneRows"]):
    """What phones of all kinds have in common; `Phone` says what each field means."""

    protocols: ClassVar[tuple[str, ...]] = ()

    id: str = attrs.field(converter=object_id)
    context: str = attrs.field(converter=plain_name)
    password: Secret | Generate | Keep = attrs.field(
        converter=_password, default=GENERATE, metadata=SECRET
    )
    username: str | None = attrs.field(converter=optional(accounts.username), default=None)
    storage: PasswordStorage = attrs.field(converter=_storage, default=PasswordStorage.PLAIN)
    realm: str | None = attrs.field(converter=optional(accounts.realm), default=None)
    algorithms: tuple[DigestAlgorithm, ...] | None = attrs.field(
        converter=optional(accounts.algorithms), default=None
    )
    caller_id: CallerId | None = attrs.field(converter=optional(internal_caller_id), default=None)
    codecs: tuple[str, ...] = attrs.field(converter=codec_list, default=("ulaw", "alaw"))
    mailbox: str | tuple[str, ...] | None = attrs.field(
        converter=optional(mailbox_names), default=None
    )
    transport: str | None = attrs.field(converter=optional(transport_name), default=None)
    max_contacts: int = attrs.field(converter=_contacts, default=1)
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)
    allow_weak_password: bool = attrs.field(converter=flag, default=False, eq=False)

    @classmethod
    def key(cls, id: str) -> Key[Self, PhoneRows]:  # noqa: A002 - the field's name
        """Return the key of a phone."""
        return Key.of(cls, id=id)

    @property
    def secret(self) -> Secret | None:
        """The password, if it is given."""
        return self.password if isinstance(self.password, Secret) else None

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The mailboxes whose messages the phone shows, as the endpoint names them."""
        return tuple(name.removesuffix("@") for name in one_or_more(self.mailbox or ()))

    @property
    def user(self) -> str:
        """User name with which the phone authenticates."""
        return self.username or self.id

    @property
    def hashes(self) -> tuple[DigestAlgorithm, ...] | None:
        """Hashes that the challenge offers; None for the server's list."""
        chosen = {PasswordStorage.MD5: (DigestAlgorithm.MD5,), PasswordStorage.DIGEST: DIGESTS}
        return self.algorithms or chosen.get(self.storage)

    def digest(self, algorithm: DigestAlgorithm, password: Secret) -> str:
        """Return the digest of *password* for one hash, as it is stored."""
        return accounts.digest(algorithm, self.user, self.realm or "", password)

    def agree(self) -> list[ValidationError]:
        """Return errors about a weak password, the transport, and digests that cannot be made."""
        errors = accounts.weak_password_errors(
            self.secret, self.id, self.username, allowed=self.allow_weak_password
        )
        errors += self._transport_errors()
        if self.storage is not PasswordStorage.PLAIN and self.realm is None:
            errors.append(
                ValidationError(
                    "realm",
                    None,
                    f"storage {self.storage} keeps a digest, which is made with the realm",
                    "give it; Asterisk's own is 'asterisk'",
                )
            )
        if self.storage is PasswordStorage.MD5 and self.hashes != (DigestAlgorithm.MD5,):
            errors.append(
                ValidationError(
                    "algorithms",
                    tuple(map(str, self.hashes or ())),
                    "storage md5 keeps an MD5 digest alone",
                    "leave them out, or use storage digest",
                )
            )
        return errors

    def _transport_errors(self) -> list[ValidationError]:
        """Return the error if the transport's name says a protocol of the other kind of phone."""
        named = transports.protocol_of(self.transport)
        if named is None or named in self.protocols:
            return []
        hint = f"use one of {', '.join(self.protocols)}, or None for the one it registered by"
        return [ValidationError("transport", self.transport, f"its name says {named}", hint)]


@attrs.frozen(kw_only=True, field_transformer=gather)
class Phone(SipAccount):
    """
    A phone or softphone that registers over UDP, TCP or TLS.

    It can register at once. Settings for NAT are written when it is created, and may be changed in
    its rows. `create` returns the rows; ``rows.auth.password`` holds a generated password too.

    Attributes:
        id: Id of the endpoint, the AOR and the auth, and the SIP user that the phone gives.
        context: Context in which its calls start; not one that unauthenticated callers enter.
        password: At least 8 characters, and not the id or user name; kept as a `Secret`.
            ``GENERATE`` generates one for a new phone, and keeps that of an existing one; ``KEEP``
            keeps it too, and is what `get` returns where only a digest is stored.
        username: User name for authentication; None for *id*.
        storage: How the database keeps the password. A digest needs *realm*, and a password that
            is given, since a generated one could not be read from it.
        realm: Realm of the challenge; None for the server's ``default_realm``.
        algorithms: Hashes that the challenge offers, the preferred one first; None for the
            server's list, or, with storage ``digest``, SHA-256 and MD5. Asterisk before 20.12,
            21.7 and 22.2 ignores them, and offers only MD5.
        caller_id: Caller ID, name and number: ``"Ann" <100>``; None leaves it to the phone.
        codecs: Codecs offered and accepted, best first.
        mailbox: Mailbox whose messages the phone shows, ``100@default``, or several; None for
            none. ``100@`` is a mailbox without a context, of ``res_mwi_external``.
        transport: Name of the transport for calls to it; None for the one that it registered by.
            It does not restrict the phone, which may register and call over any transport of
            Asterisk. To require TLS, configure no other transport in Asterisk.
        max_contacts: Devices that may be registered at once, from 1. One more replaces the one
            whose registration ends first.
        qualify_frequency: Seconds between two OPTIONS to each device; 0 for none. After a phone
            that was away registers again, calls to it may fail until it answers the next OPTIONS.
        allow_weak_password: Whether the password may have fewer than 8 characters, or be the id or
            user name. Anybody who guesses it can call at your cost. Not compared: two phones that
            differ only in this are equal.
        media_encryption: ``no``; ``sdes``, whose keys are in the SIP messages, so that they are
            secret only if the phone uses TLS, which Asterisk does not check; or ``dtls``, with
            a certificate that Asterisk makes. A call without that encryption gets 488, unless
            *rtp_profile* is ``any``.
        rtp_profile: RTP profile that the phone offers; Asterisk answers 488 to another one. None is
            ``avpf`` with ``dtls``, and ``avp`` otherwise.

    Sources: Asterisk's ``res/res_pjsip_registrar.c`` and ``res/res_pjsip/config_auth.c``.
    """

    protocols = transports.STREAMS

    media_encryption: MediaEncryption = attrs.field(
        converter=_encryption, default=MediaEncryption.NO
    )
    rtp_profile: RtpProfile | None = attrs.field(converter=optional(_profile), default=None)

    @property
    def profile(self) -> RtpProfile:
        """The RTP profile of its calls."""
        return self.rtp_profile or RtpProfile.usual(self.media_encryption)


@attrs.frozen(kw_only=True, field_transformer=gather)
class WebRtcPhone(SipAccount):
    """
    A browser that registers over a WebSocket (RFC 7118), with the media settings of WebRTC.

    These are DTLS, ICE, AVPF, and one port for all streams and for RTCP. Asterisk enables them by
    the column ``webrtc``, which overrides other columns. The browser registers at Asterisk's own
    HTTP server (``http.conf``), over an encrypted connection (``wss``).

    Attributes:
        id: Id of the endpoint, the AOR and the auth, and the SIP user that the browser gives.
        context: Context in which its calls start; not one that unauthenticated callers enter.
        password: See `Phone`.
        username: See `Phone`.
        storage: See `Phone`.
        realm: See `Phone`.
        algorithms: See `Phone`.
        caller_id: See `Phone`.
        codecs: Codecs offered and accepted, best first; every browser has opus.
        mailbox: See `Phone`.
        transport: Name of a transport of protocol ``ws`` or ``wss``; None for the one that it
            registered by.
        max_contacts: Windows that may be registered at once, from 1. One more replaces the one
            whose registration ends first.
        qualify_frequency: Seconds between two OPTIONS to each window; 0 for none.
        allow_weak_password: See `Phone`.
        cert_file: Certificate for DTLS on Asterisk's host, PEM; an absolute path that Asterisk
            can read, or Asterisk drops the endpoint. None has Asterisk make one for each call.
        private_key: Its key, PEM; None if it is in the same file.

    Sources: Asterisk's ``res/res_pjsip/pjsip_configuration.c`` and
    ``res/res_pjsip_transport_websocket.c``.
    """

    protocols = transports.WEBSOCKETS

    codecs: tuple[str, ...] = attrs.field(converter=codec_list, default=("opus", "ulaw", "alaw"))
    cert_file: str | None = attrs.field(converter=optional(accounts.host_path), default=None)
    private_key: str | None = attrs.field(converter=optional(accounts.host_path), default=None)

    def agree(self) -> list[ValidationError]:
        """Return the errors of every phone, and the error about a key without its certificate."""
        errors = super().agree()
        if self.private_key is not None and self.cert_file is None:
            errors.append(
                ValidationError(
                    "private_key", self.private_key, "there is no certificate", "give cert_file"
                )
            )
        return errors
