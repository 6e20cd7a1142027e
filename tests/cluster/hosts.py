"""A site of two Asterisk hosts, each of which reads its own node of a Galera cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy.orm import sessionmaker

from asterisk_realtime import (
    Allowance,
    CallQueue,
    InboundRoute,
    InternalExtension,
    Member,
    Phone,
    ToPhone,
    ToQueue,
    Trunk,
    apply,
    in_transaction,
)
from asterisk_realtime.conf import CACHE_SECONDS
from tests.asterisk.realtime_lab import joined
from tests.asterisk.record_files import with_records
from tests.cluster.work import PATIENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

    from asterisk_realtime import Spec
    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

NUMBER: Final = "+12025550123"
PASSWORD: Final = "Correct-Horse-7"
PHONE: Final = {"user": "101", "password": PASSWORD}
CALLER: Final = {"user": "102", "password": PASSWORD}
PORT: Final = 5070
"""Where the phones are when they are called."""

_QUEUES: Final = {"queues.conf": "[general]\n"}
_MODULES: Final = ("app_queue", "cdr_adaptive_odbc", "cel_odbc", "func_cdr")


def site() -> list[Spec]:
    """Return two phones, and queues that call one of them through the dialplan and directly."""
    phone = Phone(id="101", context="internal", password=PASSWORD, codecs=["ulaw"])
    return [
        phone,
        attrs.evolve(phone, id="102"),
        InternalExtension(exten="101", context="internal", destination=ToPhone("101")),
        CallQueue(name="help", members=[Member(interface="Local/101@internal")]),
        CallQueue(name="near", members=[Member(phone="101")]),
        InternalExtension(exten="600", context="internal", destination=ToQueue("help")),
        InternalExtension(exten="601", context="internal", destination=ToQueue("near")),
    ]


def trunk(host: RealtimeLab, name: str) -> list[Spec]:
    """Return the trunk by which a provider calls one host."""
    return [
        Trunk(
            name=name,
            contact=host.twilio_contact(),
            transport="udp",
            context="from-twilio",
            codecs=["ulaw"],
            secure=False,
            qualify_frequency=0,
        ),
        Allowance(endpoint=name, networks=[host.net.twilio_network]),
        InboundRoute(number=NUMBER, context="from-twilio", destination=ToPhone("101")),
    ]


def provision(engine: Engine, *specs: Spec) -> None:
    """Apply *specs* through one node."""
    in_transaction(sessionmaker(engine), lambda session: apply(session, *specs), **PATIENT)


def host(prefix: Prefix, engine: Engine, name: str) -> AbstractContextManager[RealtimeLab]:
    """Yield a host on the files that are generated, which writes records of calls and queues."""
    return joined(
        prefix,
        engine,
        "odbc-mariadb",
        arrange=_arranged,
        modules=_MODULES,
        also=("queue_log",),
        system_name=name,
        dialplan="memory",
        cache=CACHE_SECONDS,
    )


def _arranged(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**with_records(files), **_QUEUES}
