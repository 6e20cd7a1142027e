"""Routes as a real Asterisk follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Allowance,
    Credentials,
    InboundRoute,
    OutboundRoute,
    Trunk,
    apply,
    ensure,
)
from asterisk_realtime.models import Endpoint, Extension
from tests.asterisk.realtime_lab import desk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from tests.asterisk.realtime_lab import RealtimeLab

CODES = "${CDR(accountcode)},${CDR(peeraccount)}"
MODULES = ("res_cdrel_custom", "cdr_custom", "func_cdr")


def with_records(files: Mapping[str, str]) -> Mapping[str, str]:
    """Have Asterisk write the account codes of each record."""
    records = {
        "cdr.conf": "[general]\nenable = yes\n",
        "cdr_custom.conf": f"[mappings]\nMaster.csv => {CODES}\n",
    }
    return {**files, **records}


def set_up(
    lab: RealtimeLab,
    *specs: OutboundRoute | InboundRoute,
    phone: str | None = None,
    trunk: str | None = None,
) -> None:
    """Make a phone and a trunk, with these account codes, and what leads to them."""
    with Session(lab.engine) as session:
        session.add_all(desk(accountcode=phone))
        apply(
            session,
            Trunk(
                name="carrier",
                contact=f"sip:{lab.net.twilio}:5060",
                transport="udp",
                secure=False,
                context="from-twilio",
                codecs=("ulaw",),
                credentials=Credentials("grable", "Correct-Horse-7"),
            ),
            *specs,
        )
        ensure(session, Allowance(endpoint="carrier", networks=[lab.net.twilio_network]))
        session.get_one(Endpoint, "carrier").accountcode = trunk
        for priority, app in enumerate(("Answer", "Echo"), start=1):
            session.add(
                Extension(
                    context="attendant", exten="start", priority=priority, app=app, appdata=""
                )
            )
        session.commit()
    lab.asterisk.reload()


@pytest.mark.parametrize(
    ("phone", "trunk", "record"),
    [
        # The trunk's channel takes over what the phone's has (main/channel.c).
        ("sales", "grable", "sales,sales"),
        ("sales", None, "sales,sales"),
        (None, "grable", ",grable"),
        (None, None, ","),
    ],
)
def test_account_codes_are_kept(
    start_lab: Callable[..., AbstractContextManager[RealtimeLab]],
    phone: str | None,
    trunk: str | None,
    record: str,
) -> None:
    """The record of a call that a route led out has the endpoints' own account codes."""
    with start_lab(arrange=with_records, modules=MODULES) as lab:
        file = lab.site.run / "log" / "cdr-custom" / "Master.csv"
        file.parent.mkdir()
        route = OutboundRoute(context="internal", pattern="_+X.", trunk="carrier")
        set_up(lab, route, phone=phone, trunk=trunk)
        with lab.twilio_server() as provider:
            lab.desk_call("+12125550199")
            provider.wait_for_end()
        lab.asterisk.wait_until(file.exists, "call record")

        assert file.read_text() == f"{record}\n"
        assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize("called", ["+525512345678", "525512345678"])
def test_a_number_arrives_with_and_without_plus(lab: RealtimeLab, called: str) -> None:
    """The provider's form does not matter: the call is answered."""
    route = InboundRoute(
        number="+525512345678", context="from-twilio", destination="attendant,start,1"
    )
    set_up(lab, route)

    assert lab.twilio_call(called).status == 200
    assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize(
    ("fields", "dialled", "sent"),
    [
        ({"pattern": "110", "region": "DE"}, "110", "110"),
        ({"pattern": "9000", "region": "AU", "strip": 1}, "9000", "000"),
        ({"pattern": "_9011Z.", "region": "US", "strip": 1}, "9011442079460000", "+442079460000"),
        ({"pattern": "_[2-9]XXXXXXX", "region": "AU", "prepend": "02"}, "92345678", "+61292345678"),
    ],
)
def test_what_callers_dial(
    lab: RealtimeLab, fields: dict[str, str], dialled: str, sent: str
) -> None:
    """Service numbers stay as they are; what is stripped or left out is not part of the number."""
    set_up(lab, OutboundRoute(context="internal", trunk="carrier", **fields))  # type: ignore[arg-type]  # fields of any type
    with lab.twilio_server() as provider:
        lab.desk_call(dialled)
        provider.wait_for_end()

    assert (provider.received("INVITE")[0].request_uri or "").startswith(f"sip:{sent}@")
