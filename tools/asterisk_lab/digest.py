"""Check the credentials that Asterisk sends, and answer its challenges (RFC 8760, qop=auth)."""

from __future__ import annotations

import hashlib
import re
from typing import Final

HASHES: Final = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
"""Names of hashes in a challenge, and in Python."""

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
        username: User name that it must have.
        password: The password; it counts as UTF-8.
    """
    sent = fields(header)
    if not header.startswith("Digest ") or sent.get("qop") != "auth":
        return False
    secret = _hash(f"{username}:{sent['realm']}:{password}")
    request = _hash(f"{method}:{sent['uri']}")
    parts = (secret, sent["nonce"], sent["nc"], sent["cnonce"], sent["qop"], request)
    return sent["username"] == username and sent["response"] == _hash(":".join(parts))


def answer(challenge: str, method: str, uri: str, username: str, password: str) -> str:
    """
    Return the ``Authorization`` header that *challenge* asks for.

    Args:
        challenge: Value of ``WWW-Authenticate``.
        method: Method of the request.
        uri: Its URI.
        username: User name of the sender.
        password: Password of the sender.
    """
    asked = fields(challenge)
    algorithm = asked.get("algorithm", "MD5")
    secret = _hash(f"{username}:{asked['realm']}:{password}", algorithm)
    parts = (secret, asked["nonce"], "00000001", "lab", "auth", _hash(f"{method}:{uri}", algorithm))
    quoted = {
        "username": username,
        "realm": asked["realm"],
        "nonce": asked["nonce"],
        "uri": uri,
        "response": _hash(":".join(parts), algorithm),
        "cnonce": "lab",
        **({"opaque": asked["opaque"]} if "opaque" in asked else {}),
    }
    pairs = [f'{name}="{value}"' for name, value in quoted.items()]
    return f"Digest {', '.join(pairs)}, algorithm={algorithm}, qop=auth, nc=00000001"


def _hash(text: str, algorithm: str = "MD5") -> str:
    return hashlib.new(HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()
