"""What `asterisk_realtime.conf` renders, read by a real Asterisk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from asterisk_realtime.conf import FAMILIES
from asterisk_realtime.models import Endpoint, Extension, Global, System, Transport
from asterisk_realtime.values.choices import TransportProtocol
from tests.asterisk.realtime_lab import AS_GENERATED, desk
from tests.docs.pages import ROOT, blocks
from tools.asterisk_lab.statics import MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from tests.asterisk.realtime_lab import RealtimeLab

    StartLab = Callable[..., AbstractContextManager[RealtimeLab]]

PAGE: Final = ROOT / "docs" / "howto" / "existing-asterisk.md"

_STATIC_ENDPOINT = """
[from-file]
type = endpoint
context = internal
allow = ulaw
"""


def test_every_family_is_mapped(lab: RealtimeLab) -> None:
    """Asterisk has taken each line of extconfig.conf."""
    mappings = lab.asterisk.cli("core show config mappings")

    for family, table in FAMILIES.items():
        assert f"===> {family} (db=" in mappings
        assert f"table={table})" in mappings


def test_tables_replace_pjsip_conf(start_lab: StartLab) -> None:
    """By default an endpoint of pjsip.conf is not read any more."""
    rows = [Endpoint(id="from-table", context="internal", allow=("ulaw",))]

    with start_lab(rows=rows, arrange=_with_static_endpoint) as lab:
        listing = lab.asterisk.cli("pjsip show endpoints")

    assert "from-table" in listing
    assert "from-file" not in listing


def test_tables_beside_pjsip_conf(start_lab: StartLab) -> None:
    """With ``keep_pjsip_conf`` both are there, one by one and in lists."""
    rows = [Endpoint(id="from-table", context="internal", allow=("ulaw",))]

    with start_lab(rows=rows, arrange=_with_static_endpoint, keep_pjsip_conf=True) as lab:
        listing = lab.asterisk.cli("pjsip show endpoints")
        single = {name: lab.asterisk.cli(f"pjsip show endpoint {name}") for name in _NAMES}
        problems = lab.asterisk.log_problems()

    for name in _NAMES:
        assert name in listing
        assert "Unable to find" not in single[name]
    assert problems == []


_NAMES = ("from-table", "from-file")


def _with_static_endpoint(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, "pjsip.conf": files["pjsip.conf"] + _STATIC_ENDPOINT}


def test_snippets_are_included(start_lab: StartLab) -> None:
    """The files work by ``#include`` where their first lines say so."""
    with start_lab(arrange=_included) as lab:
        transports = lab.asterisk.cli("pjsip show transports")
        dialplan = lab.asterisk.cli("dialplan show internal")
        lab.add(Endpoint(id="from-table", context="internal", allow=("ulaw",)))
        listing = lab.asterisk.cli("pjsip show endpoints")
        problems = lab.asterisk.log_problems()

    assert f"{lab.net.asterisk}:5061" in transports
    assert "Alt. Switch =>    'Realtime/internal@extensions'" in dialplan
    assert "'100' =>" in dialplan
    assert "from-table" in listing
    assert problems == []


def _included(files: Mapping[str, str]) -> Mapping[str, str]:
    """Put the files into a folder, and what an administrator has already beside it."""
    mine = {
        "sorcery.conf": "[res_pjsip_pubsub]\n",
        "pjsip.conf": "",
        "extensions.conf": "[general]\n[internal]\nexten => 100,1,Answer()\n",
        "res_odbc.conf": "[other]\nenabled => no\n",
    }
    mixed = dict(files)
    for name, text in mine.items():
        if name in files:
            mixed[name] = f'{text}\n#include "realtime/{name}"\n'
            mixed[f"realtime/{name}"] = files[name]
    _head, settings = files["extconfig.conf"].split("[settings]\n")
    mixed["extconfig.conf"] = f"[settings]\nsomething.conf => odbc,nowhere\n{settings}"
    return mixed


SORCERY_AND_DIALPLAN: Final = frozenset(
    (
        "res_sorcery_config",
        "res_sorcery_realtime",
        "res_sorcery_memory_cache",
        "pbx_config",
        "pbx_realtime",
    )
)
"""Modules that the rendered files may need; the others of a laboratory carry SIP and its calls."""


@pytest.mark.parametrize("dialplan", ["memory", "switch"])
def test_rendered_modules_are_enough(start_lab: StartLab, dialplan: str) -> None:
    """With ``autoload = no``, for a phone that calls an extension of the table."""
    files: dict[str, str] = {}

    def keep(rendered: Mapping[str, str]) -> Mapping[str, str]:
        files.update(rendered)
        return rendered

    steps = (("Answer", ""), ("Wait", "5"))
    rows = [
        *desk(),
        *(
            Extension(context="internal", exten="600", priority=place, app=app, appdata=data)
            for place, (app, data) in enumerate(steps, start=1)
        ),
    ]
    with start_lab(**{**AS_GENERATED, "dialplan": dialplan}, rows=rows, arrange=keep) as lab:
        lab.asterisk.stop()
        modules = [f"load = {name}.so" for name in MODULES if name not in SORCERY_AND_DIALPLAN]
        mine = files["modules.conf"].replace("autoload = yes", "autoload = no")
        (lab.site.etc / "modules.conf").write_text("\n".join([mine, *modules, ""]))
        lab.asterisk.start()
        loaded = lab.asterisk.cli("module show")
        call = lab.desk_call("600")
        problems = lab.asterisk.log_problems()

    assert "app_queue.so" not in loaded
    assert call.status == 200
    assert problems == []


def test_two_sections_for_a_pjsip_conf_of_ones_own(start_lab: StartLab) -> None:
    """Without transports the page's sections do what the rendered pjsip.conf does."""
    own: list[str] = []

    def arrange(rendered: Mapping[str, str]) -> Mapping[str, str]:
        return {**rendered, "pjsip.conf": "\n".join(own)}

    own += [
        line for block in blocks(PAGE) if "[no-identify]" in block.lines for line in block.lines
    ]
    with start_lab(**AS_GENERATED, transports=(), arrange=arrange) as lab:
        lab.asterisk.cli("pjsip show identifies")
        cache = lab.asterisk.cli("sorcery memory cache show res_pjsip/identify")
        settings = lab.asterisk.cli("pjsip show settings")

    assert "Number of objects within cache: 1" in cache
    assert re.search(r"disable_multi_domain +: true", settings)


def test_transports_from_the_table(start_lab: StartLab) -> None:
    """Transports, global and system settings are read from rows on request."""
    rows = [Global(id="global", user_agent="from the table"), System(id="system")]

    with start_lab(transports=(), also=("transport", "global", "system"), rows=rows) as lab:
        lab.asterisk.stop()
        lab.add(
            Transport(id="udp", protocol=TransportProtocol.UDP, bind=f"{lab.net.asterisk}:5060")
        )
        lab.asterisk.start()
        transports = lab.asterisk.cli("pjsip show transports")
        settings = lab.asterisk.cli("pjsip show settings")
        problems = lab.asterisk.log_problems()

    assert f"{lab.net.asterisk}:5060" in transports
    assert "from the table" in settings
    assert problems == []
