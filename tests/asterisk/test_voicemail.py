"""A mailbox of the database takes a message, and its owner hears it and changes the PIN."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import pytest

from asterisk_realtime import models as m
from tests.asterisk.realtime_lab import DATABASES, PATHS, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

CALLER: Final = "Zoë; ^5 o'neil"
PIN: Final = "4711"
NEW_PIN: Final = "58321"
SECOND: Final = 16_000
"""Bytes of a WAV file."""
MINUTE: Final = 60
RATE: Final = 16_000
"""Bytes of a second of sound."""
IN_TABLE: Final = ("odbc-postgresql", "odbc-mariadb")
"""Where app_voicemail_odbc keeps the recordings in the database too."""

_PROMPTS: Final = (
    *("beep", "vm-password", "vm-youhave", "vm-no", "digits/1", "vm-INBOX", "vm-message"),
    *("vm-messages", "vm-onefor", "vm-opts", "vm-helpexit"),
    *("vm-first", "vm-last", "vm-advopts", "vm-repeat", "vm-delete", "vm-deleted", "vm-undelete"),
    "vm-toforward",
    *("vm-options", "vm-newpassword", "vm-reenterpassword", "vm-passchanged"),
)
"""What it says on the way: the laboratory has no voice, and a prompt that is missing hangs up."""

_SILENCE: Final = b"\xff" * 400


@pytest.fixture(
    scope="module",
    params=[*((path, "file") for path in PATHS), *((path, "table") for path in IN_TABLE)],
    ids="-".join,
)
def lab(request: pytest.FixtureRequest, prefix: Prefix) -> Iterator[RealtimeLab]:
    """An Asterisk with one mailbox; messages are files, or with ODBC rows."""
    path, kept = request.param
    engine: Engine = request.getfixturevalue(DATABASES[path])
    app = "app_voicemail" if kept == "file" else "app_voicemail_odbc"
    with running(
        prefix,
        engine,
        path,
        rows=_rows(),
        arrange=_with_table if kept == "table" else _with_files,
        modules=("format_wav", "app_milliwatt", "app_senddtmf", app),
        # Not on SQLite: its driver could not delete the rows again.
        also=() if path == "sqlite3" else ("voicemail_data",),
    ) as started:
        for prompt in _PROMPTS:
            file = started.site.data / "sounds" / "en" / f"{prompt}.ulaw"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(_SILENCE)
        yield started


@pytest.fixture
def in_table(request: pytest.FixtureRequest) -> bool:
    """Whether the laboratory's messages are rows."""
    return bool(request.node.callspec.params["lab"][1] == "table")


def _rows() -> list[m.Base]:
    steps = {
        "1": [
            ("Set", f"CALLERID(all)={CALLER} <77>"),
            ("VoiceMail", "100@default,s"),
        ],
        "2": [("VoiceMailMain", "100@default")],
    }
    return [
        m.Voicemail(context="default", mailbox="100", password=PIN),
        *(
            m.Extension(context="internal", exten=exten, priority=number, app=app, appdata=data)
            for exten, some in steps.items()
            for number, (app, data) in enumerate(some, 1)
        ),
    ]


_GENERAL: Final = "[general]\nformat = wav\nenvelope = no\nmoveheard = no\n"


def _with_files(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, "voicemail.conf": _GENERAL}


def _with_table(files: Mapping[str, str]) -> Mapping[str, str]:
    storage = "odbcstorage = asterisk\nodbctable = voicemail_messages\n"
    return {**files, "voicemail.conf": _GENERAL + storage}


def _leave_message(lab: RealtimeLab) -> None:
    """Have a caller whistle for a good second, and hang up."""
    lab.asterisk.cli("channel originate Local/1@internal application Milliwatt")
    lab.asterisk.wait_until(lambda: bool(_recordings(lab)), "recording")
    lab.asterisk.wait_until(lambda: _size(lab) > SECOND, "a second of the message")
    lab.asterisk.cli("channel request hangup all")
    lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the call")


def _call_mailbox(lab: RealtimeLab, digits: str) -> None:
    """Have the owner call the mailbox, give the PIN that holds, and press *digits*."""
    (box,) = lab.rows(m.Voicemail)
    keys, before = f"{box.password}#{digits}w", lab.asterisk.calls()
    lab.asterisk.cli(f"channel originate Local/2@internal application SendDTMF {keys},50,80")
    lab.asterisk.wait_until(lambda: lab.asterisk.calls() > before, "call")
    lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the call")


def _size(lab: RealtimeLab) -> int:
    return max((path.stat().st_size for path in _recordings(lab)), default=0)


def _recordings(lab: RealtimeLab) -> list[Path]:
    return list(lab.site.run.glob("var/spool/voicemail/default/100/**/*.wav"))


def test_message(lab: RealtimeLab, *, in_table: bool) -> None:
    """A message is counted, and gone when its owner has heard and deleted it."""
    _leave_message(lab)
    count = lab.evaluate("VM_INFO(100@default,count)")
    recordings, rows = _recordings(lab), lab.rows(m.VoicemailMessage)
    facts = lab.rows(m.VoicemailData)
    _call_mailbox(lab, "17")

    assert count == "1"
    assert (len(recordings), len(rows)) == ((0, 1) if in_table else (1, 0))
    for row in rows:
        _check_sound(row)
    assert len(facts) == (lab.path != "sqlite3")
    for row in facts:
        _check_facts(row)
    assert lab.evaluate("VM_INFO(100@default,count)") == "0"
    assert _recordings(lab) == lab.rows(m.VoicemailMessage) == []
    # app_voicemail_odbc forgets the row of the facts.
    assert len(lab.rows(m.VoicemailData)) == in_table


def _check_facts(row: m.VoicemailData) -> None:
    assert row.filename.endswith("/voicemail/default/100/INBOX/msg0000")
    assert (row.origmailbox, row.callerid) == ("100", f'"{CALLER}" <77>')
    assert (row.context, row.exten, row.priority) == ("internal", "1", 2)
    assert 0 <= time.time() - (row.origtime or 0) < MINUTE
    assert (row.duration or 0) >= 1


def _check_sound(row: m.VoicemailMessage) -> None:
    recording = row.recording or b""

    assert recording[:4] == b"RIFF"
    assert len(recording) > RATE
    assert row.dir.endswith("/voicemail/default/100/INBOX")
    assert (row.msgnum, row.mailboxuser, row.mailboxcontext) == (0, "100", "default")
    # It went through a file of Asterisk's, where a comment begins with a semicolon.
    assert (row.context, row.callerid) == ("internal", f'"{CALLER}'.partition(";")[0])
    assert 0 <= time.time() - (row.origtime or 0) < MINUTE
    assert (row.duration or 0) >= 1


def test_new_pin(lab: RealtimeLab) -> None:
    """The PIN that the owner chose at the menu is in the row, and is the one that holds."""
    _call_mailbox(lab, f"05{NEW_PIN}#{NEW_PIN}#")
    (box,) = lab.rows(m.Voicemail)

    assert str(box.password) == NEW_PIN
    assert lab.evaluate("VM_INFO(100@default,password)") == NEW_PIN
