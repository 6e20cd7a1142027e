"""sorcery.conf: which PJSIP objects come from the database, and how long Asterisk keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.conf import families, syntax
from asterisk_realtime.values.caching import CACHED, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asterisk_realtime.conf.drivers import Driver

PLACEHOLDER: Final = {
    "type": "no-identify",
    "endpoint": "nobody",
    "match": "255.255.255.255",
}
"""
An identify object of pjsip.conf that matches no address, since none sends from it.

A cache without objects counts as not filled: with an empty table each request would read it twice
(``res/res_sorcery_memory_cache.c``). The name of its type keeps it apart from identify sections
of the site.
"""

_LARGE: Final = frozenset({"ps_endpoints", "ps_auths", "ps_aors", "ps_contacts"})
"""Tables with a row for each phone."""

_NOT_ALL: Final = ",allow_unqualified_fetch=no"
"""After a family: Asterisk never reads all of its rows (``res/res_sorcery_realtime.c``)."""


def sorcery(
    driver: Driver,
    also: frozenset[str],
    *,
    keep_pjsip_conf: bool,
    cache: int,
    preload: bool,
) -> str:
    """
    Return the text of sorcery.conf.

    Args:
        driver: How Asterisk reaches the database.
        also: As for `render`.
        keep_pjsip_conf: As for `render`.
        cache: As for `render`.
        preload: As for `render`.
    """
    sections: dict[str, list[tuple[str, object]]] = {}
    for section, name, family in _objects(driver, also):
        lines = sections.setdefault(section, [])
        if cache and family in CACHED:
            lines.append((f"{name}/cache", _memory_cache(family, cache)))
        is_left = not preload and family in _LARGE
        lines.append((name, f"realtime,{family}{_NOT_ALL if is_left else ''}"))
        if keep_pjsip_conf and name not in families.ASTERISK_WRITES and family.startswith("ps_"):
            lines.append((name, _config(name)))
        if cache and family in WHOLE:
            lines.append((name, _config(PLACEHOLDER["type"])))
    texts = [syntax.section(section, lines) for section, lines in sections.items()]
    return "\n".join([syntax.comment(_HELP), *texts])


def _objects(driver: Driver, also: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    skipped = families.ASTERISK_WRITES if driver.engine == "sqlite3" else frozenset()
    yield from (row for row in families.SORCERY if row[1] not in skipped)
    yield from (row for row in families.OPTIONAL_SORCERY if row[1] in also)


def _config(kind: str) -> str:
    return f"config,pjsip.conf,criteria=type={kind}"


def _memory_cache(table: str, seconds: int) -> str:
    options = [f"object_lifetime_maximum={seconds}", "expire_on_reload=yes"]
    if table in WHOLE:
        options.append("full_backend_cache=yes")
    return ",".join(["memory_cache", *options])


_HELP: Final = """
sorcery.conf: which PJSIP objects come from the database.
Goes into Asterisk's configuration directory (/etc/asterisk) under this name, or into an existing
one by #include, if that has no section of the same name. Takes effect at a restart.
"""
