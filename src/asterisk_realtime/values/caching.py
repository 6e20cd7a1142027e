"""Which PJSIP objects Asterisk keeps in memory with the files of `conf.render`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CACHED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ps_endpoints": "endpoint",
        "ps_auths": "auth",
        "ps_aors": "aor",
        "ps_endpoint_id_ips": "identify",
    }
)
"""Table -> object: what Asterisk asks for several times in one call, and keeps."""

WHOLE: Final = frozenset({"ps_endpoint_id_ips"})
"""
Tables that are kept as a whole, so that their objects cannot be expired one by one.

Asterisk always reads them so (``res/res_pjsip_endpoint_identifier_ip.c``).
"""
