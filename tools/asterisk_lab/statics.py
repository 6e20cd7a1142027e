"""Asterisk's configuration files that do not concern the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tools.asterisk_lab.site import Site

MODULES: Final = (
    # Sorcery, and the dialplan's way to the database.
    "res_timing_timerfd",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_memory_cache",
    "res_sorcery_astdb",
    "res_sorcery_realtime",
    # SIP. chan_pjsip cannot do without res_pjsip_pubsub.
    "res_pjproject",
    "res_pjsip",
    "res_pjsip_session",
    "res_pjsip_pubsub",
    "res_pjsip_logger",
    "res_pjsip_acl",
    "res_pjsip_authenticator_digest",
    "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_outbound_registration",
    "res_pjsip_registrar",
    "res_pjsip_caller_id",
    "res_pjsip_diversion",
    "res_pjsip_nat",
    "res_pjsip_rfc3326",
    "res_pjsip_sdp_rtp",
    "res_rtp_asterisk",
    "res_srtp",
    "chan_pjsip",
    # Media and bridges.
    "codec_ulaw",
    "codec_alaw",
    "format_pcm",
    "bridge_simple",
    "bridge_native_rtp",
    # Dialplan. func_strings has FILTER(), which a safe outbound route wants.
    "pbx_config",
    "pbx_realtime",
    "app_dial",
    "app_echo",
    "app_verbose",
    "res_clioriginate",
    "func_callerid",
    "func_channel",
    "func_logic",
    "func_sorcery",
    "func_strings",
    "func_realtime",
    "func_pjsip_endpoint",
    "func_pjsip_aor",
    "func_pjsip_contact",
)
"""Modules that a call through a realtime trunk needs, in the order in which they can be loaded."""

# Files whose absence Asterisk reports as an error, and which may be empty.
_EMPTY: Final = ("acl", "ccss", "cdr", "cel", "features", "pjproject", "stasis", "udptl")

_ASTERISK: Final = """[directories]
astetcdir => {site.etc}
astmoddir => {site.prefix.asterisk.modules}
astvarlibdir => {site.run}/var/lib
astdbdir => {site.run}/var/lib
astkeydir => {site.run}/var/lib
astdatadir => {site.data}
astagidir => {site.run}/var/agi
astspooldir => {site.run}/var/spool
astrundir => {site.run}/run
astlogdir => {site.run}/log
astsbindir => {site.prefix.asterisk.programs}

[options]
verbose = 5
debug = 0
nocolor = yes
dontwarn = yes
systemname = lab
"""

_LOGGER: Final = """[general]
dateformat = %F %T.%3q

[logfiles]
full.log => notice,warning,error,verbose
"""

_RTP: Final = """[general]
rtpstart = 20000
rtpend = 22000
"""

_INDICATIONS: Final = """[general]
country = us

[us]
description = United States
ringcadence = 2000,4000
dial = 350+440
busy = 480+620/500,0/500
ring = 440+480/2000,0/4000
congestion = 480+620/250,0/250
"""

_MANAGER: Final = """[general]
enabled = no
"""


def static_files(
    site: Site, driver_modules: tuple[str, ...], more: tuple[str, ...] = ()
) -> dict[str, str]:
    """
    Return file name -> text of what Asterisk needs beside the rendered files.

    Args:
        site: Where it runs.
        driver_modules: Modules of the realtime driver, with their suffix.
        more: Modules beside `MODULES`, without their suffix.
    """
    return {
        **{f"{name}.conf": "" for name in _EMPTY},
        "asterisk.conf": _ASTERISK.format(site=site),
        "extensions.conf": "[general]\n",
        "indications.conf": _INDICATIONS,
        "logger.conf": _LOGGER,
        "manager.conf": _MANAGER,
        "modules.conf": _modules(driver_modules, more),
        "pjsip.conf": "",
        "rtp.conf": _RTP,
    }


def _modules(driver_modules: tuple[str, ...], more: tuple[str, ...]) -> str:
    loads = [f"preload = {name}" for name in driver_modules]
    loads += [f"load = {name}.so" for name in (*MODULES, *more)]
    return "\n".join(["[modules]", "autoload = no", *loads, ""])
