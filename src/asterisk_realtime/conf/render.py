"""From settings to files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from asterisk_realtime.conf import families, syntax
from asterisk_realtime.conf.dialplan import Dialplan, RealtimeContext
from asterisk_realtime.conf.drivers import ConfFile, Driver
from asterisk_realtime.conf.files import ConfFiles
from asterisk_realtime.conf.hosts import Host
from asterisk_realtime.conf.sorcery import PLACEHOLDER, sorcery
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.plain import flag, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asterisk_realtime.conf.transports import PjsipTransport

CACHE_SECONDS: Final = 10
"""For how long Asterisk keeps an endpoint, auth, AOR or identify row, unless `render` is told."""

_LONGEST: Final = 86_400


def render(
    driver: Driver,
    *,
    transports: Iterable[PjsipTransport] = (),
    contexts: Iterable[str | RealtimeContext] = ("from-twilio",),
    also: Iterable[str] = (),
    keep_pjsip_conf: bool = False,
    dialplan: Literal["memory", "switch"] = "memory",
    cache: int = CACHE_SECONDS,
    system_name: str | None = None,
    preload: bool = True,
) -> ConfFiles:
    """
    Return the files with which Asterisk reads its configuration from the database.

    By default they are those with which a call costs least. Before Asterisk starts, run
    ``extensions.sql`` on the database once, or the statements of `dialplan_view`.

    Args:
        driver: How Asterisk reaches the database.
        transports: Sockets for pjsip.conf; without any, no pjsip.conf is rendered.
        contexts: Contexts of the dialplan that come from the ``extensions`` table; without any,
            no extensions.conf is rendered. With ``dialplan="memory"`` each context of the table
            works, named here or not. A `RealtimeContext` is always looked up.
        also: What else comes from the database, out of `ALSO`: ``transport``, ``global``,
            ``system``, ``domain_alias``, ``resource_list``, ``subscription_persistence``,
            ``inbound-publication``, ``outbound-publish``, ``asterisk-publication``, ``tn``
            (STIR/SHAKEN), ``queue_log``, ``voicemail_data``. With ``domain_alias`` the id of an
            endpoint may also have a domain, ``101@example.com``.
        keep_pjsip_conf: Go on reading endpoints and their like from pjsip.conf too. Otherwise
            Asterisk ignores those that stand there.
        dialplan: ``memory``: Asterisk holds the steps of all calls in its memory, and a changed
            row counts after ``module reload pbx_config.so``. ``switch``: each step is looked up,
            and a changed row counts at the next step, or one second after the step was used.
        cache: For how many seconds Asterisk keeps an endpoint, auth, AOR or identify row that it
            has read. A changed or removed row, a new identify row, and a changed access list of an
            endpoint count after so many seconds at most, and after
            ``module reload res_pjsip.so`` at once; a new row of the others counts at once. With 0
            each row is read again each time.
        system_name: Name of this host, if several share the database: each needs another one, of
            at most 60 letters, digits, ``_``, ``.``, ``+`` and ``-``. Run ``acls.sql`` on the
            database once then, or the statements of `access_list_view`.
        preload: Whether Asterisk reads all endpoints, AORs and contacts when it starts, which takes
            a second for 1,000 phones and a quarter of a minute for 10,000. With False it starts at
            once however many there are, but sends no OPTIONS to fixed contacts such as those of
            trunks, none to a phone until it registers again, and lists none in its CLI.

    What each choice costs Asterisk is measured in :doc:`/explanation/performance`.

    Returns:
        extconfig.conf, sorcery.conf, modules.conf, the driver's files, and if asked for
        pjsip.conf, extensions.conf and extensions.sql, asterisk.conf and acls.sql.

    Raises:
        ValidationError: A word in *also* is unknown, or the driver cannot serve it; or two
            transports or contexts have one name; or *dialplan*, *cache*, *system_name* or *preload*
            is wrong.
    """
    transports = tuple(transports)
    plan = Dialplan(_several(contexts), dialplan)
    wanted = _check_also(driver, _several(also), transports)
    host = Host(system_name)
    seconds = whole_number(cache, "cache", lowest=0, highest=_LONGEST)
    _refuse_twins("transports", [transport.name for transport in transports])
    _refuse_twins("contexts", plan.names)
    texts = {
        "extconfig.conf": _extconfig(driver, wanted, plan.family | host.family),
        "sorcery.conf": sorcery(
            driver,
            wanted,
            keep_pjsip_conf=keep_pjsip_conf,
            cache=seconds,
            preload=flag(preload, "preload"),
        ),
        "modules.conf": _modules(driver, plan, caches=bool(seconds)),
    }
    files = {name: ConfFile(text) for name, text in texts.items()} | driver.files()
    if transports:
        domains = keep_pjsip_conf or bool(wanted & {"global", "domain_alias"})
        text = _pjsip(transports, domains=domains, placeholder=bool(seconds))
        files["pjsip.conf"] = ConfFile(text)
    return ConfFiles(files | plan.files(driver) | host.files(driver))


def _several(given: Iterable[Any]) -> tuple[Any, ...]:
    # One word is meant as a list of one, not as its letters.
    return (given,) if isinstance(given, str) else tuple(given)


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


def _extconfig(driver: Driver, also: frozenset[str], views: Mapping[str, str]) -> str:
    optional = families.OPTIONAL_FAMILIES
    wanted = {name: optional[name] for name in optional if name in also}
    lines = {
        family: f"{driver.engine},{driver.section},{table}"
        for family, table in {**families.FAMILIES, **wanted, **views}.items()
    }
    settings = syntax.section("settings", lines, arrow="=>")
    return syntax.comment(_EXTCONFIG_HELP) + "\n" + settings


def _modules(driver: Driver, dialplan: Dialplan, *, caches: bool) -> str:
    wanted = {
        "res_sorcery_config.so": True,
        "res_sorcery_realtime.so": True,
        "res_sorcery_memory_cache.so": caches,
        "pbx_config.so": bool(dialplan.names),
        "pbx_realtime.so": bool(dialplan.switched),
    }
    lines: list[tuple[str, object]] = [("autoload", True)]
    lines += [("preload", name) for name in driver.modules]
    lines += [("load", name) for name, is_needed in wanted.items() if is_needed]
    return syntax.comment(_MODULES_HELP) + "\n" + syntax.section("modules", lines)


def _pjsip(transports: Iterable[PjsipTransport], *, domains: bool, placeholder: bool) -> str:
    texts = [syntax.section(transport.name, transport.pairs()) for transport in transports]
    if not domains:
        settings = {"type": "global", "disable_multi_domain": True}
        texts.append(syntax.comment(_GLOBAL_HELP) + syntax.section("global", settings))
    if placeholder:
        section = syntax.section(PLACEHOLDER["type"], PLACEHOLDER)
        texts.append(syntax.comment(_PLACEHOLDER_HELP) + section)
    return "\n".join([syntax.comment(_PJSIP_HELP), *texts])


_EXTCONFIG_HELP: Final = """
extconfig.conf: which table of which database serves which family.
Goes into Asterisk's configuration directory (/etc/asterisk) under this name.
Have one already? Copy the lines below [settings] under its own [settings].
"""
_MODULES_HELP: Final = """
modules.conf: what must be loaded.
Have one already (you do)? Copy the preload and load lines below its own [modules], and take out
each noload line for one of these modules; Debian ships some.
"""
_PJSIP_HELP: Final = """
pjsip.conf: the sockets for SIP, and settings that save statements. Endpoints and their like come
from the database.
Goes into Asterisk's configuration directory (/etc/asterisk), or into an existing pjsip.conf by
#include. A new or changed transport takes effect at a restart.
"""
_PLACEHOLDER_HELP: Final = """
Matches no address. Without it an empty table of identify rows is read twice for each request.
"""
_GLOBAL_HELP: Final = """
Phones are not looked up as user@domain too, which saves statements in each call of a phone.
Have a section of type global already? Put the line there, and take this section out.
"""
