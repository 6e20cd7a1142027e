"""Specs of phones and extensions are valid by construction, and never show a password."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from asterisk_realtime import GENERATE
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.kinds.accounts import phone_rows
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.specs.endings import Ending
from asterisk_realtime.specs.phones import PasswordStorage, Phone, WebRtcPhone
from asterisk_realtime.specs.reading import read_destination
from asterisk_realtime.specs.routes import InternalExtension
from asterisk_realtime.specs.targets import ToPhone
from asterisk_realtime.values import accounts
from asterisk_realtime.values.caller_id import CallerId, internal_caller_id
from asterisk_realtime.values.choices import AuthType, DigestAlgorithm, MediaEncryption
from asterisk_realtime.values.secret import Secret
from tests.examples import phone

PASSWORD = "Correct-Horse-7"


# -- Phones ----------------------------------------------------------------------------------------


def test_the_least_that_makes_a_phone() -> None:
    """An id and a context; everything else has a safe beginning."""
    spec = phone()

    assert (spec.user, spec.password, spec.storage) == ("100", GENERATE, PasswordStorage.PLAIN)
    assert (spec.hashes, spec.codecs, spec.max_contacts) == (None, ("ulaw", "alaw"), 1)
    assert spec.media_encryption is MediaEncryption.NO
    assert WebRtcPhone(id="200", context="phones").codecs[0] == "opus"


def test_what_a_phone_holds_can_be_given_again() -> None:
    """Each converter accepts its own result."""
    spec = phone(
        password=PASSWORD,
        storage="digest",
        realm="pbx",
        algorithms=["MD5"],
        caller_id="Ann <100>",
        codecs=["ulaw"],
        mailbox="100",
        media_encryption="sdes",
    )
    fields = attrs.asdict(spec, recurse=False)

    assert Phone(**fields) == spec
    assert attrs.evolve(spec, context="office").mailbox == "100@default"


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "a%b"},
        {"id": "anonymous"},
        {"context": "a b"},
        {"password": ""},
        {"password": "a\nb"},
        {"password": 100},
        {"username": "a:b"},
        {"username": 'a"b'},
        {"realm": "a\\b"},
        {"storage": "sha"},
        {"algorithms": []},
        {"algorithms": "MD5"},
        {"algorithms": ["SHA-1"]},
        {"algorithms": ["MD5", "MD5"]},
        {"caller_id": "Ann"},
        {"caller_id": "<12a>"},
        {"caller_id": '"${SHELL(x)}" <100>'},
        {"codecs": ["nosuch"]},
        {"mailbox": "100@a@b"},
        {"mailbox": "1&2"},
        {"transport": "a b"},
        {"max_contacts": 0},
        {"max_contacts": 2**31},
        {"qualify_frequency": -1},
        {"media_encryption": "zrtp"},
    ],
    ids=str,
)
def test_what_no_phone_has(fields: dict[str, Any]) -> None:
    """The field is named; a password is not shown."""
    (name,) = fields
    with pytest.raises(ValidationError) as caught:
        phone(**fields)

    assert caught.value.field == name
    assert (caught.value.value == HIDDEN) is (name == "password")


def test_all_complaints_at_once() -> None:
    """One error for each field."""
    with pytest.raises(ValidationError) as caught:
        phone(id="a b", context="", max_contacts=-1)

    assert {error.field for error in caught.value.errors} == {"id", "context", "max_contacts"}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"storage": "md5"}, "realm"),
        ({"storage": "digest"}, "realm"),
        ({"storage": "md5", "realm": "pbx", "algorithms": ["SHA-256"]}, "algorithms"),
    ],
)
def test_a_digest_that_cannot_be_made(fields: dict[str, Any], named: str) -> None:
    """It is made with the realm, and by the hash that the storage keeps."""
    with pytest.raises(ValidationError) as caught:
        phone(password=PASSWORD, **fields)

    assert caught.value.field == named


def test_a_key_without_a_certificate() -> None:
    """Asterisk would not find a use for it."""
    with pytest.raises(ValidationError) as caught:
        WebRtcPhone(id="200", context="phones", private_key="/etc/key.pem")
    assert caught.value.field == "private_key"

    with pytest.raises(ValidationError) as caught:
        WebRtcPhone(id="200", context="phones", cert_file="cert.pem")
    assert caught.value.field == "cert_file"


def test_no_password_shows() -> None:
    """Neither in the spec nor in the rows."""
    spec = phone(password=PASSWORD)

    assert PASSWORD not in f"{spec!r} {phone_rows(spec)!r}"
    assert HIDDEN in repr(spec)


def test_rows_of_a_phone() -> None:
    """They agree: endpoint, AOR and auth name each other; nobody is let in by address."""
    rows = phone_rows(phone(password=PASSWORD, storage="md5", realm="pbx"))

    assert rows.endpoint.aors == (rows.aor.id,)
    assert rows.endpoint.auth == (rows.auth.id,)
    assert rows.endpoint.identify_by == ("username",)
    assert (rows.auth.auth_type, rows.auth.password) == (AuthType.MD5, None)
    assert rows.auth.supported_algorithms_uas == (DigestAlgorithm.MD5,)


# -- Values ----------------------------------------------------------------------------------------


def test_the_digest_of_the_rfc() -> None:
    """The example of RFC 7616, section 3.9.1: the inner hashes of its two responses."""
    user = ("Mufasa", "http-auth@example.org", Secret("Circle of Life"))

    assert accounts.digest(DigestAlgorithm.MD5, *user) == "3d78807defe7de2157e2b0b6573a855f"
    assert accounts.digest(DigestAlgorithm.SHA_256, *user) == (
        "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
    )
    assert len(accounts.digest(DigestAlgorithm.SHA_512_256, *user)) == 64


def test_a_new_password_can_be_typed() -> None:
    """No two letters that look alike, and never the same again."""
    words = {accounts.new_password() for _ in range(50)}

    assert len(words) == 50
    assert all(len(word) == accounts.GENERATED_LENGTH for word in words)
    assert set("".join(words)) <= set("abcdefghjkmnpqrstuvwxyz23456789")


@pytest.mark.parametrize(
    ("value", "caller"),
    [
        ("100", CallerId("100")),
        ('"Ann \\"A\\"" <100>', CallerId("100", 'Ann "A"')),
        ("Ann <*98>", CallerId("*98", "Ann")),
        ("Ann <+1 202 555 0123>", CallerId("+12025550123", "Ann")),
        (CallerId("100", "Ann"), CallerId("100", "Ann")),
    ],
)
def test_callers_in_the_house(value: str | CallerId, caller: CallerId) -> None:
    """Their number may be an extension; what is returned is accepted again."""
    assert internal_caller_id(value) == caller
    assert internal_caller_id(str(caller)) == caller


@pytest.mark.parametrize("value", [100, None, CallerId(100), "", '"Ann" <', "+1"])  # type: ignore[arg-type]  # as by mistake
def test_no_caller(value: Any) -> None:
    """A number, and a caller without one, are none."""
    with pytest.raises(ValidationError):
        internal_caller_id(value)


# -- Ringing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "also",
    ["101", 7, ["a%b"], ["100"], ["101", "101"], [f"{number:040}" for number in range(12)]],
    ids=lambda also: str(also)[:20],
)
def test_phones_that_cannot_ring_together(also: Any) -> None:
    """No list, no id, one twice, and more than a step holds."""
    with pytest.raises(ValidationError) as caught:
        ToPhone("100", also=also)

    assert caught.value.field == "also"


def test_the_longest_step_fits() -> None:
    """Asterisk takes 511 bytes of arguments, and the column as much."""
    names = [f"{number:040}" for number in range(9)]
    to = ToPhone("100", also=names, timeout=86400)

    assert len(to.steps()[0][1]) <= 511
    assert read_destination(to.steps()) == (to, Ending.CAUSE)


@pytest.mark.parametrize("exten", ["911", "112", "999"])
def test_emergency_numbers_ring_no_phone(exten: str) -> None:
    """They must reach help."""
    with pytest.raises(ValidationError, match="must reach help") as caught:
        InternalExtension(context="phones", exten=exten, destination=ToPhone("100"))

    assert caught.value.field == "exten"
