"""Each column of the ``ps_*`` tables: written by the model, read back from a real Asterisk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import BigInteger

from asterisk_realtime import models as m
from asterisk_realtime.conf.families import ALSO, ASTERISK_WRITES
from asterisk_realtime.models import types
from asterisk_realtime.values.cells import LITERAL
from tests.asterisk.readback import NEWER, READBACK, SAME, UNSET, Outcome
from tests.asterisk.samples import sample_values
from tools.asterisk_lab.installation import reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tests.asterisk.readback import Shown
    from tests.asterisk.realtime_lab import RealtimeLab

    StartLab = Callable[..., AbstractContextManager[RealtimeLab]]

_SORCERY: Final = {
    m.Endpoint: "endpoint",
    m.Aor: "aor",
    m.Auth: "auth",
    m.Identify: "identify",
    m.Transport: "transport",
    m.Registration: "registration",
    m.Contact: "contact",
    m.DomainAlias: "domain_alias",
    m.Global: "global",
    m.System: "system",
    m.ResourceList: "resource_list",
    m.SubscriptionPersistence: "subscription_persistence",
    m.OutboundPublish: "outbound-publish",
    m.InboundPublication: "inbound-publication",
    m.AsteriskPublication: "asterisk-publication",
}
_WITH_COMMAND: Final = (m.Endpoint, m.Aor, m.Auth, m.Identify, m.Transport)
"""What ``pjsip show`` prints with all options; the others are asked option by option."""

_BOOLEANS: Final = (types.Bool, types.NativeBool)
_PARAMETER: Final = re.compile(r"^ (\S+) +: ?(.*?)\s*$", re.MULTILINE)
_MODULES: Final = ("res_geolocation", "res_pjsip_outbound_publish", "res_pjsip_publish_asterisk")

# Row -> the attributes written, and what Asterisk shows: column -> text.
Proof = list[tuple[dict[str, Any], dict[str, str]]]


def test_every_column_is_in_the_table() -> None:
    """A column that the models gain must be given its line, and each line has its column."""
    tables = {mapper.class_ for mapper in m.Base.registry.mappers if _is_pjsip(mapper.class_)}
    columns = {
        model: {column.name for column in model.__mapper__.columns} - {"id"} for model in tables
    }

    assert {model: set(lines) for model, lines in READBACK.items()} == columns


def _is_pjsip(model: type[m.Base]) -> bool:
    return str(model.__tablename__).startswith("ps_")


@pytest.fixture
def lab(start_lab: StartLab, request: pytest.FixtureRequest) -> Iterator[RealtimeLab]:
    """An Asterisk that reads every ``ps_*`` table."""
    sqlite = "sqlite3" in request.node.name
    also = {*ALSO} - {"tn", "queue_log", "transport"} - (ASTERISK_WRITES if sqlite else set())
    with start_lab(also=also, modules=_MODULES, arrange=_with_both_transports) as started:
        yield started


def _with_both_transports(files: Mapping[str, str]) -> Mapping[str, str]:
    # Rows alone are of no use to the registrations: they want a socket that is open at the start.
    section = "[res_pjsip]\n"
    lines = (
        "transport = realtime,ps_transports",
        "transport = config,pjsip.conf,criteria=type=transport",
    )
    sorcery = files["sorcery.conf"].replace(section, "\n".join([section.strip(), *lines, ""]))
    return {**files, "sorcery.conf": sorcery, "geolocation.conf": ""}


def test_columns_come_back(lab: RealtimeLab) -> None:
    """Asterisk shows of each column what the table says, and no row is refused."""
    mapped = [model for model in READBACK if _is_mapped(lab, model)]
    written = {model: _write(lab, model) for model in mapped}

    problems = []
    for model, rows in written.items():
        proof = [(row, _shown(lab, model, name)) for name, row in rows.items()]
        lines = _lines(model, lab.site.prefix.asterisk.version)
        found = (*_judge(model, lines, proof), *_wrong_defaults(model, lines, proof))
        problems += [f"{model.__name__}: {problem}" for problem in found]

    assert not problems, "\n".join([*problems, *sorted(_refusals(lab))])


def _refusals(lab: RealtimeLab) -> set[str]:
    """Return what Asterisk says of values that it does not take."""
    lines = lab.asterisk.log_problems()
    return {line.partition(": ")[2] for line in lines if "ERROR" in line}


def _is_mapped(lab: RealtimeLab, model: type[m.Base]) -> bool:
    return lab.path != "sqlite3" or _SORCERY[model] not in ASTERISK_WRITES


def _write(lab: RealtimeLab, model: type[m.Base]) -> dict[str, dict[str, Any]]:
    """Write the rows of *model* and return id -> what was written."""
    wanted = sample_values(model, lab.engine.dialect.name, lab.net.prefix)
    rows = {f"row{number}": row for number, row in enumerate(wanted)}
    lab.add(*(model(id=name, **row) for name, row in rows.items()))
    return rows


def _shown(lab: RealtimeLab, model: type[m.Base], name: str) -> dict[str, str]:
    """Return column -> what Asterisk shows of it, of the row *name*."""
    kind = _SORCERY[model]
    if model in _WITH_COMMAND:
        text = lab.asterisk.cli(f"pjsip show {kind} {name}").partition("ParameterValue")[2]
        several: dict[str, list[str]] = {}
        for column, value in _PARAMETER.findall(text):
            several.setdefault(column, []).append(value)
        return {column: ",".join(parts) for column, parts in several.items()}
    found = {}
    for column in READBACK[model]:
        function = f"AST_SORCERY(res_pjsip,{kind},{name},{column})"
        answer = lab.asterisk.cli(f"dialplan eval function {function}")
        if "Success (0)" in answer:
            found[column] = answer.partition("Result: ")[2].rstrip("\n")
    return found


def _lines(model: type[m.Base], version: tuple[int, ...]) -> dict[str, Shown]:
    """Return what one release shows of each column: nothing of what came with a later one."""
    found = {}
    for column in model.__mapper__.columns:
        line = READBACK[model].get(column.name)
        if line is None:
            continue
        if not reads(version, column.info.get("since", ())):
            found[column.name] = NEWER
        else:
            found[column.name] = SAME if line is NEWER else line
    return found


def _judge(model: type[m.Base], lines: Mapping[str, Shown], proof: Proof) -> Iterator[str]:
    """Yield what *proof* and the table say differently."""
    _, bare = proof[0]
    if any(shown.outcome is not Outcome.NOT_SHOWN for shown in lines.values()):
        yield from (f"refused: {row}" for row, shown in proof if not shown)
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        values = [
            (_cell(model, attribute.key, row[attribute.key]), shown.get(column.name))
            for row, shown in proof
            if attribute.key in row and shown
        ]
        if column.name in lines and values:
            verdict = _verdict(lines[column.name], values, bare.get(column.name))
            if verdict:
                yield f"{column.name}: {verdict}"


def _wrong_defaults(model: type[m.Base], lines: Mapping[str, Shown], proof: Proof) -> Iterator[str]:
    """Yield where a row with as little as can be shows another default than the model tells."""
    base, bare = proof[0]
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        line = lines.get(column.name)
        if attribute.key in base or line is None or column.name not in bare:
            continue
        if line.outcome not in {Outcome.SAME, Outcome.OTHER}:
            continue
        told, shown = _default(column), line.read(bare[column.name])
        known = UNSET.get(model, {}).get(column.name)
        right = shown.startswith(known) if known else shown == (told and line.spell(told))
        if not right:
            yield f"{column.name}: the default is {shown!r}, not {told!r}"


def _default(column: Any) -> str:
    """Return Asterisk's default as the model tells it, in the words of a cell."""
    default = column.info.get("default")
    if isinstance(default, bool) or (default is None and isinstance(column.type, _BOOLEANS)):
        return "yes" if default else "no"
    if default is None and isinstance(column.type, (types.Int, BigInteger)):
        return "0"
    return "" if default is None else str(default)


def _cell(model: type[m.Base], key: str, value: Any) -> str:
    """Return *value* as Asterisk ought to end up with it."""
    kind: Any = model.__mapper__.columns[key].type
    dump = getattr(kind, "dump", None)
    return str(dump(kind.check(value, key), LITERAL) if dump else value)


def _verdict(line: Shown, values: list[tuple[str, str | None]], default: str | None) -> str:
    """Return what is wrong about *line*, given what was written and what is shown."""
    same = all(written == shown for written, shown in values)
    match line.outcome:
        case Outcome.NOT_SHOWN:
            return f"shown: {values}" if any(shown is not None for _, shown in values) else ""
        case Outcome.EXCLUDED:
            return f"shown as written: {values}" if same else ""
        case Outcome.OTHER if same:
            return f"no other spelling: {values}"
    wrong = [
        (written, shown)
        for written, shown in values
        if shown is None or line.spell(written) != line.read(shown)
    ]
    if wrong:
        return f"written and shown: {wrong}"
    return "" if any(shown != default for _, shown in values) else f"only the default: {values}"
