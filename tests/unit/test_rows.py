"""What a spec means in rows: settings that are safe as they are, and the fewest of them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect

from asterisk_realtime import ValidationError
from asterisk_realtime.models import AuthType, Base, Extension, IdentifyBy, TrunkRows
from asterisk_realtime.providers.twilio.trunk import TwilioAllowance, TwilioTrunk
from asterisk_realtime.provision.kinds.identify import identify_rows
from asterisk_realtime.provision.kinds.inbound import inbound_rows
from asterisk_realtime.provision.kinds.routes import outbound_rows
from asterisk_realtime.provision.kinds.trunks import trunk_rows
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.specs.routes import InboundRoute, OutboundRoute
from asterisk_realtime.specs.trunks import Trunk

PASSWORD = "Correct-Horse-7"


def values(row: Base) -> dict[str, Any]:
    """Return what is set on an unsaved row."""
    return {
        name: value
        for name, value in inspect(row).dict.items()
        if value is not None and not name.startswith("_")
    }


def twilio(*, termination_uri: str = "grable.pstn.twilio.com", **fields: Any) -> TrunkRows:
    """Return the rows of a Twilio trunk."""
    trunk = TwilioTrunk(termination_uri=termination_uri, **fields).part()
    assert isinstance(trunk, Trunk)
    return trunk_rows(trunk)


def steps(rows: tuple[Extension, ...]) -> list[tuple[int, str, str]]:
    """Return priorities, applications and arguments."""
    return [(row.priority, row.app, row.appdata) for row in rows]


def outbound(**fields: Any) -> OutboundRoute:
    """Return a route for national calls of the USA."""
    given = {"context": "internal", "pattern": "_1NXXNXXXXXX", "trunk": "twilio", "region": "US"}
    return OutboundRoute(**{**given, **fields})


def test_a_secure_trunk() -> None:
    """TLS and SRTP, nobody in by name, media through Asterisk, no demand for credentials."""
    rows = twilio(username="grable", password=PASSWORD)

    assert values(rows.endpoint) == {
        "id": "twilio",
        "transport": "tls",
        "aors": ("twilio",),
        "outbound_auth": ("twilio",),
        "context": "from-twilio",
        "allow": ("ulaw", "alaw"),
        "identify_by": (IdentifyBy.IP,),
        "media_encryption": "sdes",
        "direct_media": False,
        "rtp_symmetric": True,
        "rtp_timeout": 60,
        "trust_id_inbound": True,
        "allow_subscribe": False,
    }
    assert values(rows.aor) == {
        "id": "twilio",
        "contact": ("sip:grable.pstn.twilio.com",),
        "qualify_frequency": 60,
    }
    assert rows.auth is not None
    assert values(rows.auth) == {
        "id": "twilio",
        "auth_type": AuthType.USERPASS,
        "username": "grable",
        "password": PASSWORD,
    }
    assert (rows.inbound_auth, rows.registration) == (None, None)


def test_a_plain_trunk_without_credentials() -> None:
    """No auth row, and no media encryption said aloud."""
    rows = twilio(secure=False)

    assert rows.auth is None
    assert rows.endpoint.outbound_auth is None
    assert (rows.endpoint.transport, rows.endpoint.media_encryption) == ("udp", "no")


def test_the_contact_is_the_host_alone() -> None:
    """No user part, which Dial supplies, and no semicolon, which drivers split at."""
    for uri in ("grable.pstn.twilio.com", "sip:grable.pstn.dublin.twilio.com"):
        contacts = twilio(termination_uri=uri).aor.contact

        assert contacts is not None
        assert not set("@;") & set(*contacts)


def test_the_caller_id_of_a_trunk() -> None:
    """As Asterisk reads it."""
    rows = twilio(caller_id='"Grable" <+1 202 555 0123>')

    assert rows.endpoint.callerid == '"Grable" <+12025550123>'


def test_rows_can_be_logged() -> None:
    """A password shows in none of them."""
    rows = twilio(username="grable", password=PASSWORD)

    assert PASSWORD not in repr(rows)
    assert HIDDEN in repr(rows)


def test_one_row_holds_all_ranges() -> None:
    """Asterisk reads the whole table for every request."""
    (row,) = identify_rows(TwilioAllowance().part())

    assert (row.id, row.endpoint, row.srv_lookups) == ("twilio-1", "twilio", False)
    assert len(row.match or ()) == 8


def test_a_pinned_row_holds_a_header_alone() -> None:
    """Criteria of a row are alternatives, so the addresses must stand elsewhere."""
    sid = "AC" + 32 * "0"
    (row,) = identify_rows(TwilioAllowance(account_sid=sid).part())

    assert values(row) == {
        "id": "twilio-1",
        "endpoint": "twilio",
        "match_header": f"X-Twilio-AccountSid: {sid}",
    }


def test_ids_that_are_taken_are_left() -> None:
    """Also where they differ in case, which MariaDB takes for the same."""
    spec = TwilioAllowance(endpoint="Grable").part()
    (row,) = identify_rows(spec, taken=["grable-1", "Grable-2", "other"])

    assert row.id == "Grable-3"


def test_the_steps_of_an_outbound_route() -> None:
    """Caller ID, the call, and its cause."""
    rows = outbound_rows(outbound(caller_id='"Grable" <+12025550123>'))

    assert {(row.context, row.exten) for row in rows} == {("internal", "_1NXXNXXXXXX")}
    assert steps(rows) == [
        (1, "Set", 'CALLERID(all)="Grable" <+12025550123>'),
        (2, "Dial", "PJSIP/+1${FILTER(0-9,${EXTEN:1})}@twilio"),
        (3, "Hangup", "${HANGUPCAUSE}"),
    ]


def test_the_steps_without_a_caller_id() -> None:
    """The caller keeps the own one."""
    rows = outbound_rows(outbound())

    assert [step[:2] for step in steps(rows)] == [
        (1, "Dial"),
        (2, "Hangup"),
    ]


def test_the_trunks_caller_id_is_the_second_choice() -> None:
    """The route's own comes first."""
    trunks = '"Trunk" <+12025550100>'
    own = outbound_rows(outbound(caller_id="+12025550123"), [trunks])
    inherited = outbound_rows(outbound(), [trunks])

    assert own[0].appdata == "CALLERID(all)=<+12025550123>"
    assert inherited[0].appdata == f"CALLERID(all)={trunks}"


def test_a_caller_id_that_is_code_is_refused() -> None:
    """A trunk's row may have been written by hand."""
    with pytest.raises(ValidationError, match="would run") as caught:
        outbound_rows(outbound(), ['"${SHELL(id)}" <+12025550123>'])

    assert caught.value.field == "callerid"


def test_the_step_of_an_inbound_route() -> None:
    """The called number in E.164 leads to the place."""
    route = InboundRoute(
        number="+1 123-456-7890", context="from-twilio", destination="attendant,start,1"
    )
    row, bare = inbound_rows(route)

    assert (row.context, row.exten) == ("from-twilio", "+11234567890")
    assert (bare.context, bare.exten) == ("from-twilio", "11234567890")
    assert steps((row,)) == steps((bare,)) == [(1, "Goto", "attendant,start,1")]
