"""Laws of phones: what a spec takes, the rows take too, and nothing of it is lost."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.engine.records import Rows
from asterisk_realtime.provision.kinds.accounts import phone_rows
from asterisk_realtime.provision.kinds.phones import PHONE
from asterisk_realtime.provision.kinds.webrtc import WEBRTC_PHONE
from asterisk_realtime.specs.endings import Ending
from asterisk_realtime.specs.phones import PasswordStorage, Phone, WebRtcPhone
from asterisk_realtime.specs.reading import read_destination
from asterisk_realtime.specs.targets import ToPhone
from asterisk_realtime.values.caller_id import CallerId, internal_caller_id
from asterisk_realtime.values.choices import DigestAlgorithm, MediaEncryption

if TYPE_CHECKING:
    from collections.abc import Callable

settings.register_profile("phones", deadline=None, max_examples=150, derandomize=True)
settings.load_profile("phones")

PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=90)
TEXT = PLAIN | st.text(st.sampled_from("^;35B' %"), min_size=1) | st.text(min_size=1)
IDS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,39}", fullmatch=True)
CALLERS = st.builds(CallerId, st.text("0123456789*#", min_size=1, max_size=10), st.none() | TEXT)
BOXES = st.text(string.digits, min_size=1, max_size=5)
ACCOUNT: dict[str, Any] = {
    "id": IDS,
    "context": IDS,
    "password": TEXT,
    "allow_weak_password": st.booleans(),
    "username": st.none() | TEXT,
    "storage": st.sampled_from(PasswordStorage),
    "realm": st.none() | TEXT,
    "algorithms": st.none() | st.lists(st.sampled_from(DigestAlgorithm), min_size=1, unique=True),
    "caller_id": st.none() | CALLERS,
    "mailbox": st.none() | BOXES,
    "transport": st.none() | IDS,
    "max_contacts": st.integers(1, 100),
    "qualify_frequency": st.integers(0, 86400),
}
PHONES = st.fixed_dictionaries({**ACCOUNT, "media_encryption": st.sampled_from(MediaEncryption)})
BROWSERS = st.fixed_dictionaries({**ACCOUNT, "cert_file": st.none() | TEXT.map("/{}".format)})


def made(spec: Callable[..., Any], fields: dict[str, Any]) -> Any:
    """Return a spec of *fields*, or None if it has no such."""
    try:
        return spec(**fields)
    except ValidationError:
        return None


def known(spec: Phone | WebRtcPhone) -> dict[str, Any]:
    """Return what the rows must tell of a spec."""
    kept = spec.password if spec.storage is PasswordStorage.PLAIN else None
    username = None if spec.username == spec.id else spec.username
    told = {name: getattr(spec, name) for name in ACCOUNT if name != "allow_weak_password"}
    return {**told, "password": kept, "username": username, "algorithms": spec.hashes}


@given(PHONES)
def test_a_phone_is_read_as_it_is_written(fields: dict[str, Any]) -> None:
    """Whatever a spec takes fits into the columns, and comes back."""
    spec = made(Phone, fields)
    if spec is None:
        return
    rows = phone_rows(spec)
    found = PHONE.read((spec.id,), Rows([rows.endpoint, rows.aor, rows.auth]))

    assert known(found) == known(spec)
    assert found.media_encryption is spec.media_encryption


@given(BROWSERS)
def test_a_browser_is_read_as_it_is_written(fields: dict[str, Any]) -> None:
    """And so with WebRTC."""
    spec = made(WebRtcPhone, fields)
    if spec is None:
        return
    rows = phone_rows(spec)
    found = WEBRTC_PHONE.read((spec.id,), Rows([rows.endpoint, rows.aor, rows.auth]))

    assert known(found) == known(spec)
    assert found.cert_file == spec.cert_file


@given(CALLERS)
def test_a_caller_is_read_as_it_is_written(caller: CallerId) -> None:
    """Whatever is taken is taken again, as Asterisk reads it."""
    found = made(internal_caller_id, {"value": caller})
    if found is not None:
        assert internal_caller_id(str(found)) == found


@given(IDS, st.lists(IDS, max_size=15), st.none() | st.integers(1, 86400), st.booleans())
def test_ringing_is_read_as_it_is_written(
    phone: str,
    also: list[str],
    timeout: int | None,
    every: bool,  # noqa: FBT001 - drawn
) -> None:
    """The steps say which phones ring, on how many devices, and how long."""
    to = made(ToPhone, {"phone": phone, "also": also, "timeout": timeout, "every_device": every})
    if to is not None:
        assert read_destination(to.steps()) == (to, Ending.CAUSE)
