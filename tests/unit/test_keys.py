"""A key can be written, compared and put into a set."""

from __future__ import annotations

import pytest

from asterisk_realtime import CallQueue, Mailbox, OutboundRoute, Phone, ValidationError, WebRtcPhone


def test_equal_keys_are_one_in_a_set() -> None:
    """However their parts are given; keys of another class, or of another thing, are others."""
    same = {
        Mailbox.key("100"),
        Mailbox.key(number="100"),
        Mailbox.key("100", context="default"),
        Mailbox.key(context="default", number="100"),
    }
    others = {Phone.key("100"), WebRtcPhone.key("100"), CallQueue.key("100"), Phone.key("200")}

    assert same == {Mailbox.key("100")}
    assert len(others) == 4
    assert {Phone.key("100"): "ann"}[Phone.key("100")] == "ann"


def test_a_key_shows_itself() -> None:
    """As it may be written."""
    assert repr(Phone.key("101")) == "Phone.key(id='101')"
    route = OutboundRoute.key("_+X.", context="phones")
    assert eval(repr(route)) == route  # noqa: S307 - its own


@pytest.mark.parametrize("part", [100, None, b"100", ["100"]])
def test_a_part_that_is_not_text(part: object) -> None:
    """The error names the field."""
    with pytest.raises(ValidationError, match=r"^id=.*it is not text"):
        Phone.key(part)  # type: ignore[arg-type]  # as by mistake
