"""
States of databases that Asterisk's scripts leave behind, each as the steps that make it again.

Releases of Asterisk share revisions, and not all branches ran all of them: where a branch never
ran one, or ran an empty one of the same id, it is marked as run here without running it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from tests.conftest import opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import URL

    from tests.migrations.asterisk_scripts import Scripts


@attrs.frozen
class Step:
    """One thing that is done to a database: ``upgrade``, ``stamp`` or ``sql``."""

    what: str
    tree: str
    text: str

    def run(self, scripts: Scripts, url: URL) -> None:
        """Do it."""
        if self.what == "upgrade":
            scripts.upgrade(url, self.tree, self.text)
        elif self.what == "stamp":
            scripts.stamp(url, self.tree, self.text)
        else:
            with opened(url) as engine, engine.begin() as connection:
                connection.exec_driver_sql(self.text)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@attrs.frozen(kw_only=True)
class State:
    """
    What some releases left behind.

    Attributes:
        name: The releases.
        config: The last revision of the tree ``config`` that ran; empty for none of the tree.
        skipped: Revisions before it that did not.
        voicemail: The last revision of the tree ``voicemail``; empty for none of the tree.
        macrocontext: Whether the revision that drops that column did nothing.
        trees: The other trees that ran.
        sql: Statements that follow.
        becomes: What cells of some columns ("table.column") become.
    """

    name: str
    config: str = ""
    skipped: tuple[str, ...] = attrs.field(default="", converter=_split)
    voicemail: str = ""
    macrocontext: bool = False
    trees: tuple[str, ...] = ("cdr", "queue_log")
    sql: tuple[str, ...] = ()
    becomes: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict, eq=False)

    def steps(self, scripts: Scripts) -> tuple[Step, ...]:
        """Return what makes it."""
        return tuple(self._steps(scripts))

    def _steps(self, scripts: Scripts) -> Iterator[Step]:
        for tree in self.trees:
            yield Step("upgrade", tree, "head")
        yield from self._voicemail()
        if self.config:
            yield from self._config(scripts)
        for statement in self.sql:
            yield Step("sql", "", statement)

    def _voicemail(self) -> Iterator[Step]:
        if not self.voicemail:
            return
        yield Step("upgrade", "voicemail", "39428242f7f5")
        if self.voicemail != "39428242f7f5":
            yield Step("stamp" if self.macrocontext else "upgrade", "voicemail", "1c55c341360f")
            yield Step("upgrade", "voicemail", self.voicemail)

    def _config(self, scripts: Scripts) -> Iterator[Step]:
        """Stop at each head on the way, so that states share what made them."""
        order = scripts.chain("config")
        last = order.index(self.config)
        stops = [each for each in order[: last + 1] if each in {*HEADS, *self.skipped}]
        for stop in stops:
            if stop in self.skipped:
                yield Step("upgrade", "config", order[order.index(stop) - 1])
                yield Step("stamp", "config", stop)
            elif stop != self.config:
                yield Step("upgrade", "config", stop)
        if self.config not in self.skipped:
            yield Step("upgrade", "config", self.config)


_OLD_VOICEMAIL: Final = "39428242f7f5"
_VOICEMAIL: Final = "64fae6bbe7fb"

# What the releases since 16 had as the last revision of ``config``, in the order of the revisions.
_ORDINARY: Final = {
    "fe6592859b85": "16.0",
    "3a094a18e75b": "17.0",
    "fbb7766f17bc": "17.1",
    "79290b511e4b": "17.6",
    "61797b9fced6": "18.0",
    "e658c26033ca": "18.1",
    "c20d6e3992f4": "18.4",
    "a06d8f8462d9": "18.8_19.0_certified-18.9-cert1",
    "8f72185e437f": "18.11_19.3",
    "0bee61aa9425": "18.12_19.4",
    "18e0805d367f": "18.13_19.5",
    "7197536bb68d": "18.14_19.6",
    "9f3692b1654b": "18.15_19.7_20.0",
    "5a2247c957d2": "18.16_20.1",
    "ccf795ee535f": "19.8",
    "f261363a857f": "18.17_20.2",
    "f5b0e7427449": "18.19_20.4_21.0",
    "37a5332640e2": "18.21_20.6_21.1",
    "74dc751dfe8e": "",
    "6c475a93f48a": "21.3",
    "bd9c5159c7ea": "21.3.1",
    "2b7c507d7d12": "21.4",
    "655054a68ad5": "21.5_22.0",
    "801b9fced8b7": "",
    "4f91fc18c979": "21.6_22.1",
    "abdc9ede147d": "21.7_22.2_23.0",
    "bb6d54e22913": "22.8_23.2_certified-22.8",
    "e89e30cee53f": "22.10_23.4",
}
HEADS: Final = frozenset(_ORDINARY)

# Before this one, all releases had the old voicemail_messages.
_NEW_VOICEMAIL: Final = {
    "6c475a93f48a": "1c55c341360f",
    "bd9c5159c7ea": "1c55c341360f",
    "2b7c507d7d12": "1c55c341360f",
    "655054a68ad5": "1c55c341360f",
    "4f91fc18c979": _VOICEMAIL,
    "abdc9ede147d": _VOICEMAIL,
    "bb6d54e22913": _VOICEMAIL,
    "e89e30cee53f": _VOICEMAIL,
}

ORDINARY: Final = tuple(
    State(name=name, config=head, voicemail=_NEW_VOICEMAIL.get(head, _OLD_VOICEMAIL))
    for head, name in _ORDINARY.items()
    if name
)
"""The release did all that its scripts say."""

# On 18 and 20 this one is empty, and so is the one that drops voicemail_messages.macrocontext.
_EMPTY: Final = "24c12d8e9014"

_EMPTY_IDS: Final = tuple(
    State(name=name, config=head, skipped=_EMPTY, voicemail=voicemail, macrocontext=True)
    for name, head, voicemail in (
        ("18.23_20.8", "6c475a93f48a", "1c55c341360f"),
        ("18.23.1_20.8.1", "bd9c5159c7ea", "1c55c341360f"),
        ("18.24_20.9", "2b7c507d7d12", "1c55c341360f"),
        ("18.25_20.10", "655054a68ad5", "1c55c341360f"),
        ("18.26", "801b9fced8b7", _VOICEMAIL),
        ("20.11", "4f91fc18c979", _VOICEMAIL),
        ("20.12", "abdc9ede147d", _VOICEMAIL),
        ("20.18", "bb6d54e22913", _VOICEMAIL),
        ("20.20_or_20.20_then_22.10", "e89e30cee53f", _VOICEMAIL),
    )
)

_SKIPPED_BY_16: Final = "465f47f880be b80485ff4dd0"
_SIXTEEN_SKIPPING: Final = tuple(
    State(name=name, config=head, skipped=skipped, voicemail=_OLD_VOICEMAIL)
    for name, head, skipped in (
        ("16.1", "1ac563b350a8", "465f47f880be"),
        ("16.2", "0838f8db6a61", "465f47f880be"),
        ("16.3_certified-16.3", "80473bad3c16", "465f47f880be"),
        ("16.4", "3a094a18e75b", "465f47f880be"),
        ("16.7_certified-16.8", "fbb7766f17bc", "465f47f880be"),
        ("16.12", "79290b511e4b", "465f47f880be"),
        ("16.18", "c20d6e3992f4", _SKIPPED_BY_16),
        ("16.22", "a06d8f8462d9", _SKIPPED_BY_16),
        ("16.25", "8f72185e437f", _SKIPPED_BY_16),
        ("16.26", "0bee61aa9425", _SKIPPED_BY_16),
        ("16.27", "18e0805d367f", _SKIPPED_BY_16),
        ("16.28", "7197536bb68d", _SKIPPED_BY_16),
        ("16.30", "ccf795ee535f", f"{_SKIPPED_BY_16} 9f3692b1654b"),
    )
)
_SIXTEEN: Final = (
    *_SIXTEEN_SKIPPING,
    State(
        name="16.15",
        config="e658c26033ca",
        skipped=_SKIPPED_BY_16,
        voicemail=_OLD_VOICEMAIL,
        sql=("UPDATE alembic_version_config SET version_num = '61797b9fced6'",),
    ),
    State(
        name="16.29",
        config="7197536bb68d",
        skipped=_SKIPPED_BY_16,
        voicemail=_OLD_VOICEMAIL,
        sql=(
            "ALTER TABLE ps_endpoints ADD COLUMN stir_shaken_profile VARCHAR(80)",
            "UPDATE alembic_version_config SET version_num = 'a062185f355c'",
        ),
    ),
    State(
        name="17.9",
        config="e658c26033ca",
        skipped="b80485ff4dd0 61797b9fced6",
        voicemail=_OLD_VOICEMAIL,
    ),
    State(
        name="16.30_then_20.20",
        config="e89e30cee53f",
        skipped=f"{_SKIPPED_BY_16} 9f3692b1654b {_EMPTY}",
        voicemail=_VOICEMAIL,
        macrocontext=True,
    ),
)

_SKIPPED_BY_18_9: Final = "8f72185e437f 0bee61aa9425 18e0805d367f"
_SKIPPED_LATER: Final = (
    f"{_SKIPPED_BY_18_9} 539f68bede2c 417c0247fd7e ccf795ee535f 5a2247c957d2 f261363a857f"
    " 4042a0ff4d9f f5b0e7427449 dac2b4c328b8 37a5332640e2 24c12d8e9014 bd335bae5d33 74dc751dfe8e"
    " 8fce8496f03e cf150a175fd3 d5122576cca8 6c475a93f48a bd9c5159c7ea 2b7c507d7d12"
)
_SKIPPED_BY_20_7: Final = f"{_EMPTY} 8fce8496f03e cf150a175fd3 d5122576cca8"
_CERTIFIED: Final = tuple(
    State(
        name=name,
        config=head,
        skipped=skipped,
        voicemail=voicemail,
        macrocontext=voicemail != _OLD_VOICEMAIL,
    )
    for name, head, skipped, voicemail in (
        ("certified-18.9-cert2", "9f3692b1654b", _SKIPPED_BY_18_9, _OLD_VOICEMAIL),
        ("certified-18.9-cert12", "655054a68ad5", _SKIPPED_LATER, _OLD_VOICEMAIL),
        ("certified-18.9-cert15", "4f91fc18c979", _SKIPPED_LATER, _VOICEMAIL),
        ("certified-18.9-cert18_then_22.10", "e89e30cee53f", _SKIPPED_LATER, _VOICEMAIL),
        ("certified-20.7-cert1", "6c475a93f48a", _SKIPPED_BY_20_7, "1c55c341360f"),
        (
            "certified-20.7-cert3",
            "655054a68ad5",
            f"{_SKIPPED_BY_20_7} bd9c5159c7ea 2b7c507d7d12",
            "1c55c341360f",
        ),
        (
            "certified-20.7-cert6",
            "4f91fc18c979",
            f"{_SKIPPED_BY_20_7} bd9c5159c7ea 2b7c507d7d12",
            _VOICEMAIL,
        ),
        (
            "certified-20.7-cert11_then_22.10",
            "e89e30cee53f",
            f"{_SKIPPED_BY_20_7} bd9c5159c7ea 2b7c507d7d12",
            _VOICEMAIL,
        ),
    )
)

# -- Words where booleans were --------------------------------------------------------------------

_MEANT: Final = dict.fromkeys(("1", "on", "true"), "yes") | dict.fromkeys(
    ("0", "off", "false"), "no"
)
_BOOLEANS: Final = {"ps_endpoints.100rel": _MEANT, "ps_endpoints.timers": _MEANT}
_LABELS: Final = "'0', '1', 'off', 'on', 'false', 'true', 'no', 'yes'"


def _as_booleans(server: str) -> tuple[str, ...]:
    if server == "mariadb":
        return tuple(
            f"ALTER TABLE ps_endpoints MODIFY COLUMN `{column}` ENUM({_LABELS})"
            for column in ("100rel", "timers")
        )
    return tuple(
        f'ALTER TABLE ps_endpoints ALTER COLUMN "{column}" TYPE ast_bool_values'
        f' USING CAST("{column}" AS text)::ast_bool_values'
        for column in ("100rel", "timers")
    )


def booleans(server: str) -> tuple[State, ...]:
    """Return what three releases left, which made two columns of words booleans for good."""
    sql = _as_booleans(server)
    return (
        State(
            name="18.22_20.7",
            config="74dc751dfe8e",
            skipped=_EMPTY,
            voicemail="1c55c341360f",
            macrocontext=True,
            sql=sql,
            becomes=_BOOLEANS,
        ),
        State(
            name="21.2",
            config="74dc751dfe8e",
            voicemail="1c55c341360f",
            sql=sql,
            becomes=_BOOLEANS,
        ),
        State(
            name="20.7_then_22.10",
            config="e89e30cee53f",
            skipped=_EMPTY,
            voicemail=_VOICEMAIL,
            macrocontext=True,
            sql=sql,
            becomes=_BOOLEANS,
        ),
    )


# -- Version tables that tell less than the tables -------------------------------------------------

_LAGGING: Final = State(
    name="20.7_whose_versions_lag",
    config="74dc751dfe8e",
    skipped=_EMPTY,
    voicemail="1c55c341360f",
    macrocontext=True,
    sql=(
        "UPDATE alembic_version_config SET version_num = 'bd335bae5d33'",
        "UPDATE alembic_version_cdr SET version_num = '210693f3123d'",
        "UPDATE alembic_version_voicemail SET version_num = 'a2e9769475e'",
        "DELETE FROM alembic_version_queue_log",
    ),
)
_WITHOUT: Final = State(
    name="22.10_without_versions",
    config="e89e30cee53f",
    voicemail=_VOICEMAIL,
    sql=tuple(
        f"DROP TABLE alembic_version_{tree}" for tree in ("config", "cdr", "voicemail", "queue_log")
    ),
)
_ONE_TREE: Final = (
    State(name="only_config", config="e89e30cee53f", trees=()),
    State(name="only_cdr", trees=("cdr",)),
    State(name="only_voicemail", voicemail=_VOICEMAIL, trees=()),
    State(name="only_queue_log", trees=("queue_log",)),
)
# The ready-made SQL of a release calls the version table of every tree the same.
_READY_MADE: Final = (
    State(
        name="sql_of_20.4_config",
        config="f5b0e7427449",
        trees=(),
        sql=("ALTER TABLE alembic_version_config RENAME TO alembic_version",),
    ),
    State(
        name="sql_of_22.10_voicemail",
        voicemail=_VOICEMAIL,
        trees=(),
        sql=("ALTER TABLE alembic_version_voicemail RENAME TO alembic_version",),
    ),
)
SPECIAL: Final = (
    *_EMPTY_IDS,
    *_SIXTEEN,
    *_CERTIFIED,
    _LAGGING,
    _WITHOUT,
    *_ONE_TREE,
    *_READY_MADE,
)
"""The release did something else, or not all."""
