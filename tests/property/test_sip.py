"""Whatever URI is taken is kept as it is meant, and nothing in it ends a header or a cell."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import sip
from asterisk_realtime.values.sip import SipUri

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = (
    st.lists(LABELS, min_size=2, max_size=4).map(".".join).filter(lambda name: name[-1].isalpha())
)
ADDRESSES = st.one_of(
    st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(lambda address: f"[{address}]")
)
URIS = st.builds(
    SipUri,
    scheme=st.sampled_from(["sip", "sips"]),
    user=st.none() | st.from_regex(r"[A-Za-z0-9._+-]{1,20}", fullmatch=True),
    host=NAMES | ADDRESSES,
    port=st.none() | st.integers(1, 65535),
    parameters=st.lists(
        st.sampled_from(["lr", "transport=tcp", "transport=tls", "x-a=1"]),
        unique_by=lambda parameter: parameter.partition("=")[0],
        max_size=3,
    ).map(tuple),
)


@given(URIS)
def test_a_uri_is_read_back(uri: SipUri) -> None:
    """Its text means the same parts."""
    assert sip.parse(str(uri)) == uri


@given(st.text() | st.text().map("sip:{}".format) | st.text().map("sip:a.example;{}".format))
def test_any_text_is_refused_or_harmless(text: str) -> None:
    """What is taken can stand in a header, a list of contacts, and a cell."""
    with contextlib.suppress(ValidationError):
        taken = sip.target(text)
        assert not set(taken) & set(' ,<>"?\r\n\0@')
        assert taken.isascii()
        assert sip.target(taken) == taken
