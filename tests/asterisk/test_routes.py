"""Routes as a real Asterisk follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Auth,
    Credentials,
    Endpoint,
    Extension,
    InboundRoute,
    OutboundRoute,
    Trunk,
    allow_addresses,
    apply,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from tests.asterisk.realtime_lab import RealtimeLab

CDR = "[mappings]\nMaster.csv => ${CDR(accountcode)},${CDR(peeraccount)},${CDR(channel)}\n"


def with_records(files: Mapping[str, str]) -> Mapping[str, str]:
    """Have Asterisk write the account codes of each record."""
    return {
        **files,
        "cdr.conf": "[general]\nenable = yes\nunanswered = yes\n",
        "cdr_custom.conf": CDR,
    }


def set_up(lab: RealtimeLab, phone: str | None, trunk: str | None) -> None:
    """Make a phone, a trunk and a route between them, with these account codes."""
    (lab.site.run / "log" / "cdr-custom").mkdir()
    with Session(lab.engine) as session:
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
            OutboundRoute(context="internal", pattern="_+X.", trunk="carrier"),
        )
        session.get_one(Endpoint, "carrier").accountcode = trunk
        session.add(Auth(id="desk", username="desk", password="desk-word"))
        session.add(
            Endpoint(
                id="desk",
                auth=("desk",),
                context="internal",
                transport="udp",
                allow=("ulaw",),
                direct_media=False,
                accountcode=phone,
            )
        )
        session.commit()
    lab.asterisk.reload()


@pytest.mark.parametrize(
    ("phone", "trunk"), [('sales, "x"', "grable"), ("sales", None), (None, "grable"), (None, None)]
)
def test_account(start_lab, phone, trunk) -> None:
    with start_lab(
        arrange=with_records, modules=("res_cdrel_custom", "cdr_custom", "func_cdr")
    ) as lab:
        set_up(lab, phone, trunk)
        with lab.twilio_server() as twilio:
            lab.phone_call("+12125550199", user="desk", password="desk-word")
            twilio.wait_for_end()
        import subprocess, time, os

        time.sleep(1)
        print(
            "XX",
            phone,
            trunk,
            subprocess.run(
                f"find {lab.site.run} -name Master.csv | xargs cat", shell=True, capture_output=True
            ),
        )
        print(lab.asterisk.log_problems())
        print(1)
