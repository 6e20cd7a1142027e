"""Check the credentials that Asterisk sends (RFC 2617, MD5, qop=auth)."""

from __future__ import annotations

import re
from hashlib import md5
from typing import Final

_PAIR: Final = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))')


def fields(header: str) -> dict[str, str]:
    """Return the fields of a ``Proxy-Authorization`` or ``Authorization`` header."""
    return {
        name: re.sub(r"\\(.)", r"\1", quoted) if quoted or not bare else bare
        for name, quoted, bare in _PAIR.findall(header)
    }


def verify(header: str, method: str, username: str, password: str) -> bool:
    """
    Tell whether *header* proves that its sender knows *password*.

    Args:
        header: Value of ``Proxy-Authorization`` or ``Authorization``.
        method: Method of the request that carries it.
        username: Who it must be.
        password: The password; it counts as UTF-8.
    """
    sent = fields(header)
    if not header.startswith("Digest ") or sent.get("qop") != "auth":
        return False
    secret = _hash(f"{username}:{sent['realm']}:{password}")
    request = _hash(f"{method}:{sent['uri']}")
    parts = (secret, sent["nonce"], sent["nc"], sent["cnonce"], sent["qop"], request)
    return sent["username"] == username and sent["response"] == _hash(":".join(parts))


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
