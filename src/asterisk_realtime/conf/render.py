"""From settings to files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.conf import families, syntax
from asterisk_realtime.conf.dialplan import RealtimeContext
from asterisk_realtime.conf.drivers import ConfFile, Driver
from asterisk_realtime.conf.files import ConfFiles
from asterisk_realtime.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.conf.transports import PjsipTransport


def render(
    driver: Driver,
    *,
    transports: Iterable[PjsipTransport] = (),
    contexts: Iterable[str | RealtimeContext] = ("from-twilio",),
    also: Iterable[str] = (),
    keep_pjsip_conf: bool = False,
) -> ConfFiles:
    """
    Return the files with which Asterisk reads its configuration from the database.

    Args:
        driver: How Asterisk reaches the database.
        transports: Sockets for pjsip.conf; without any, no pjsip.conf is rendered.
        contexts: Contexts of the dialplan that look into the ``extensions`` table; without any,
            no extensions.conf is rendered.
        also: What else comes from the database, out of `ALSO`: ``transport``, ``global``,
            ``system``, ``resource_list``, ``subscription_persistence``, ``inbound-publication``,
            ``outbound-publish``, ``asterisk-publication``, ``tn`` (STIR/SHAKEN), ``queue_log``,
            ``voicemail_data``.
        keep_pjsip_conf: Go on reading endpoints and their like from pjsip.conf too. Otherwise
            Asterisk ignores those that stand there.

    Returns:
        extconfig.conf, sorcery.conf, modules.conf, the driver's files, and if asked for
        pjsip.conf and extensions.conf.

    Raises:
        ValidationError: A word in *also* is unknown, or the driver cannot serve it; or two
            transports or contexts have one name.
    """
    transports = tuple(transports)
    switches = tuple(_context(context) for context in _several(contexts))
    wanted = _check_also(driver, _several(also), transports)
    _refuse_twins("transports", [transport.name for transport in transports])
    _refuse_twins("contexts", [context.name for context in switches])
    texts = {
        "extconfig.conf": _extconfig(driver, wanted),
        "sorcery.conf": _sorcery(driver, wanted, keep_pjsip_conf=keep_pjsip_conf),
        "modules.conf": _modules(driver),
    }
    files = {name: ConfFile(text) for name, text in texts.items()} | driver.files()
    if transports:
        files["pjsip.conf"] = ConfFile(_pjsip(transports))
    if switches:
        files["extensions.conf"] = ConfFile(_extensions(switches))
    return ConfFiles(files)


def _several(given: Iterable[Any]) -> tuple[Any, ...]:
    # One word is meant as a list of one, not as its letters.
    return (given,) if isinstance(given, str) else tuple(given)


def _context(context: str | RealtimeContext) -> RealtimeContext:
    return RealtimeContext(name=context) if isinstance(context, str) else context


def _check_also(
    driver: Driver, also: tuple[str, ...], transports: tuple[PjsipTransport, ...]
) -> frozenset[str]:
    for word in also:
        if word not in families.ALSO:
            raise ValidationError(
                "also", word, "it is not optional", f"use some of {', '.join(families.ALSO)}"
            )
        if word in families.ASTERISK_WRITES and driver.engine == "sqlite3":
            raise ValidationError(
                "also", word, "res_config_sqlite3 cannot delete its rows", "leave it to Asterisk"
            )
    if "transport" in also and transports:
        raise ValidationError(
            "also",
            "transport",
            "Asterisk would not read the transports of pjsip.conf then",
            "give transports either here or in the database",
        )
    return frozenset(also)


def _refuse_twins(field: str, names: list[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValidationError(field, ", ".join(twins), "it stands twice", "name each once")


def _extconfig(driver: Driver, also: frozenset[str]) -> str:
    optional = families.OPTIONAL_FAMILIES
    tables = {**families.FAMILIES, **{name: optional[name] for name in optional if name in also}}
    lines = {
        family: f"{driver.engine},{driver.section},{table}" for family, table in tables.items()
    }
    settings = syntax.section("settings", lines, arrow="=>")
    return syntax.comment(_EXTCONFIG_HELP) + "\n" + settings


def _sorcery(driver: Driver, also: frozenset[str], *, keep_pjsip_conf: bool) -> str:
    skipped = families.ASTERISK_WRITES if driver.engine == "sqlite3" else frozenset()
    objects = [row for row in families.SORCERY if row[1] not in skipped]
    objects += [row for row in families.OPTIONAL_SORCERY if row[1] in also]
    sections: dict[str, list[tuple[str, object]]] = {}
    for section, name, family in objects:
        lines = sections.setdefault(section, [])
        lines.append((name, f"realtime,{family}"))
        if keep_pjsip_conf and name not in families.ASTERISK_WRITES and family.startswith("ps_"):
            lines.append((name, f"config,pjsip.conf,criteria=type={name}"))
    texts = [syntax.section(section, lines) for section, lines in sections.items()]
    return "\n".join([syntax.comment(_SORCERY_HELP), *texts])


def _modules(driver: Driver) -> str:
    modules = (*driver.modules, "res_sorcery_realtime.so", "pbx_realtime.so")
    lines: list[tuple[str, object]] = [("autoload", True)]
    lines += [("preload" if name in driver.modules else "load", name) for name in modules]
    return syntax.comment(_MODULES_HELP) + "\n" + syntax.section("modules", lines)


def _pjsip(transports: Iterable[PjsipTransport]) -> str:
    texts = [syntax.section(transport.name, transport.pairs()) for transport in transports]
    return "\n".join([syntax.comment(_PJSIP_HELP), *texts])


def _extensions(contexts: Iterable[RealtimeContext]) -> str:
    texts = [
        syntax.section(context.name, {"switch": context.switch}, arrow="=>") for context in contexts
    ]
    return "\n".join([syntax.comment(_EXTENSIONS_HELP), *texts])


_EXTCONFIG_HELP: Final = """
extconfig.conf: which table of which database serves which family.
Goes into Asterisk's configuration directory (/etc/asterisk) under this name.
Have one already? Copy the lines below [settings] under its own [settings].
"""
_SORCERY_HELP: Final = """
sorcery.conf: which PJSIP objects come from the database.
Goes into Asterisk's configuration directory (/etc/asterisk) under this name, or into an existing
one by #include, if that has no section of the same name. Takes effect at a restart.
"""
_MODULES_HELP: Final = """
modules.conf: what must be loaded.
Have one already (you do)? Copy the preload and load lines below its own [modules], and take out
each noload line for one of these modules; Debian ships some.
"""
_PJSIP_HELP: Final = """
pjsip.conf: the sockets for SIP. All else comes from the database.
Goes into Asterisk's configuration directory (/etc/asterisk), or into an existing pjsip.conf by
#include. A new or changed transport takes effect at a restart.
"""
_EXTENSIONS_HELP: Final = """
extensions.conf: contexts whose extensions come from the database.
Goes into Asterisk's configuration directory (/etc/asterisk), or into an existing extensions.conf
by #include. What stands in such a context there is found first, the database second.
"""
