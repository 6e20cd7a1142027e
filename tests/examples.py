"""Specs that are good, of which a test gives the fields that it is about."""

from __future__ import annotations

from typing import Any

from asterisk_realtime import Phone, Trunk, WebRtcPhone


def phone(**fields: Any) -> Phone:
    """Return a phone that is good but for *fields*."""
    return Phone(**{"id": "100", "context": "phones", **fields})


def web_phone(**fields: Any) -> WebRtcPhone:
    """Return a WebRTC phone that is good but for *fields*."""
    return WebRtcPhone(**{"id": "200", "context": "phones", **fields})


def trunk(name: str = "peer", **fields: Any) -> Trunk:
    """Return a trunk of its own context whose peer sends no password, but for *fields*."""
    usual = {
        "contact": "sip:peer.example",
        "transport": "udp",
        "secure": False,
        "context": f"from-{name}",
        "codecs": ("ulaw",),
    }
    return Trunk(**{"name": name, **usual, **fields})
