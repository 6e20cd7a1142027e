"""``check`` names each kind of difference and what to do; an upgrade from the base repairs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from asterisk_realtime import migrations
from asterisk_realtime.migrations import (
    ColumnDiffers,
    MissingColumn,
    MissingEnum,
    MissingForeignKey,
    MissingIndex,
    MissingLabel,
    MissingPrimaryKey,
    MissingTable,
    MissingUnique,
    Obstacle,
)
from tests.migrations.tools import run

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet
    from sqlalchemy import Engine

    from asterisk_realtime.migrations import Difference

CONTACTS = "ps_contacts_qualifyfreq_exp"
ENTRIES = "fk_musiconhold_entry_name_musiconhold"

Case = tuple[str, type["Difference"], str]

ANYWHERE: Final[tuple[Case, ...]] = (
    ("DROP TABLE queue_rules", MissingTable, "table queue_rules is missing"),
    (
        "ALTER TABLE ps_aors DROP COLUMN voicemail_extension",
        MissingColumn,
        "column ps_aors.voicemail_extension is missing",
    ),
)

CASES: Final[dict[str, tuple[Case, ...]]] = {
    "postgresql": (
        *ANYWHERE,
        (f"DROP INDEX {CONTACTS}", MissingIndex, f"index {CONTACTS} of ps_contacts is missing"),
        (
            f"DROP INDEX {CONTACTS}; CREATE INDEX {CONTACTS} ON ps_contacts (uri)",
            MissingIndex,
            f"index {CONTACTS} of ps_contacts is on (uri) instead of (qualify_frequency,",
        ),
        (
            "ALTER TABLE ps_aors DROP CONSTRAINT ps_aors_pkey",
            MissingPrimaryKey,
            "table ps_aors has no primary key (id)",
        ),
        (
            "ALTER TABLE extensions DROP CONSTRAINT extensions_context_exten_priority_key",
            MissingUnique,
            "table extensions has no unique constraint (context, exten, priority)",
        ),
        (
            f"ALTER TABLE musiconhold_entry DROP CONSTRAINT {ENTRIES}",
            MissingForeignKey,
            "table musiconhold_entry has no foreign key (name)",
        ),
        (
            "ALTER TYPE pjsip_auth_type_values_v2 RENAME VALUE 'digest' TO 'own'",
            MissingLabel,
            "enum type pjsip_auth_type_values_v2 lacks the label 'digest'",
        ),
        (
            (
                "ALTER TABLE ps_auths ALTER auth_type TYPE VARCHAR(40);"
                " DROP TYPE pjsip_auth_type_values_v2"
            ),
            MissingEnum,
            "enum type pjsip_auth_type_values_v2 is missing",
        ),
        (
            "ALTER TABLE ps_aors ALTER mailboxes TYPE VARCHAR(9)",
            ColumnDiffers,
            "column ps_aors.mailboxes is VARCHAR(9) instead of VARCHAR(",
        ),
        (
            "ALTER TABLE ps_aors ALTER max_contacts TYPE VARCHAR(40)",
            ColumnDiffers,
            "column ps_aors.max_contacts is VARCHAR(40) instead of INTEGER",
        ),
        (
            "ALTER TABLE ps_aors ALTER mailboxes SET NOT NULL",
            ColumnDiffers,
            "column ps_aors.mailboxes does not allow NULL",
        ),
        (
            "ALTER TABLE cdr ALTER id DROP DEFAULT",
            ColumnDiffers,
            "column cdr.id is not numbered by the database",
        ),
        (
            "ALTER TABLE ps_aors DROP max_contacts; ALTER TABLE ps_aors ADD max_contacts DATE",
            Obstacle,
            "column ps_aors.max_contacts is DATE, which cannot become INTEGER",
        ),
    ),
    "mariadb": (
        *ANYWHERE,
        (
            f"DROP INDEX {CONTACTS} ON ps_contacts",
            MissingIndex,
            f"index {CONTACTS} of ps_contacts is missing",
        ),
        (
            (
                f"DROP INDEX {CONTACTS} ON ps_contacts;"
                f" CREATE INDEX {CONTACTS} ON ps_contacts (reg_server)"
            ),
            MissingIndex,
            f"index {CONTACTS} of ps_contacts is on (reg_server) instead of (qualify_frequency,",
        ),
        (
            "ALTER TABLE ps_aors DROP PRIMARY KEY",
            MissingPrimaryKey,
            "table ps_aors has no primary key (id)",
        ),
        (
            "ALTER TABLE extensions DROP INDEX context",
            MissingUnique,
            "table extensions has no unique constraint (context, exten, priority)",
        ),
        (
            f"ALTER TABLE musiconhold_entry DROP FOREIGN KEY {ENTRIES}",
            MissingForeignKey,
            "table musiconhold_entry has no foreign key (name)",
        ),
        (
            "ALTER TABLE ps_auths MODIFY auth_type ENUM('md5','userpass','own')",
            ColumnDiffers,
            "column ps_auths.auth_type lacks the labels 'google_oauth', 'digest'",
        ),
        (
            "ALTER TABLE ps_aors MODIFY mailboxes VARCHAR(9)",
            ColumnDiffers,
            "column ps_aors.mailboxes is VARCHAR(9) instead of VARCHAR(",
        ),
        (
            "ALTER TABLE ps_aors MODIFY max_contacts VARCHAR(40)",
            ColumnDiffers,
            "column ps_aors.max_contacts is VARCHAR(40) instead of INTEGER",
        ),
        (
            "ALTER TABLE ps_aors MODIFY mailboxes VARCHAR(1000) NOT NULL",
            ColumnDiffers,
            "column ps_aors.mailboxes does not allow NULL",
        ),
        (
            "ALTER TABLE cdr MODIFY id BIGINT NOT NULL",
            ColumnDiffers,
            "column cdr.id is not numbered by the database",
        ),
        (
            "ALTER TABLE ps_aors MODIFY max_contacts DATE",
            Obstacle,
            "column ps_aors.max_contacts is DATE, which cannot become INTEGER",
        ),
    ),
    "sqlite": (
        *ANYWHERE,
        (f"DROP INDEX {CONTACTS}", MissingIndex, f"index {CONTACTS} of ps_contacts is missing"),
        (
            f"DROP INDEX {CONTACTS}; CREATE INDEX {CONTACTS} ON ps_contacts (uri)",
            MissingIndex,
            f"index {CONTACTS} of ps_contacts is on (uri) instead of (qualify_frequency,",
        ),
        (
            "DROP TABLE ps_aors; CREATE TABLE ps_aors (id TEXT NOT NULL)",
            MissingPrimaryKey,
            "table ps_aors has no primary key (id)",
        ),
        (
            "DROP TABLE ps_aors; CREATE TABLE ps_aors (id TEXT, max_contacts TEXT)",
            ColumnDiffers,
            "column ps_aors.max_contacts is TEXT instead of INTEGER and allows NULL and does not",
        ),
        (
            (
                "DROP TABLE ps_aors; CREATE TABLE ps_aors"
                " (id TEXT, max_contacts INTEGER NOT NULL DEFAULT 0)"
            ),
            ColumnDiffers,
            "column ps_aors.max_contacts does not replace NULL with its default",
        ),
        (
            (
                "DROP TABLE musiconhold_entry;"
                " CREATE TABLE musiconhold_entry (name TEXT, position INTEGER, entry TEXT)"
            ),
            MissingForeignKey,
            "table musiconhold_entry has no foreign key (name)",
        ),
        (
            "DROP TABLE extensions; CREATE TABLE extensions (context TEXT, priority INTEGER)",
            MissingUnique,
            "table extensions has no unique constraint (context, exten, priority)",
        ),
        (
            "DROP TABLE ps_aors; CREATE TABLE ps_aors (id TEXT, max_contacts BLOB)",
            Obstacle,
            "column ps_aors.max_contacts is BLOB, which cannot become INTEGER",
        ),
    ),
}

EXTRAS: Final = (
    "CREATE TABLE own_table (id INTEGER)",
    "ALTER TABLE ps_aors ADD COLUMN own_note VARCHAR(10)",
    "CREATE INDEX own_index ON ps_aors (own_note)",
)


def cases() -> list[ParameterSet]:
    """Return each case with its database, and an id that says what it is about."""
    return [
        pytest.param(
            name,
            *case,
            id=f"{name}-{case[1].__name__}-{number}",
            marks=[pytest.mark.long] if number else [],  # each upgrades a database
        )
        for name, all_of_one in CASES.items()
        for number, case in enumerate(all_of_one)
    ]


@pytest.mark.parametrize(
    ("empty_engine", "break_it", "kind", "said"), cases(), indirect=["empty_engine"]
)
def test_each_kind(empty_engine: Engine, break_it: str, kind: type[Difference], said: str) -> None:
    """It is found as an object of its class, beside what belongs to the host application."""
    engine = empty_engine
    migrations.upgrade(engine)
    run(engine, *EXTRAS)

    assert migrations.check(engine) == ()

    run(engine, *break_it.split(";"))
    found = migrations.check(engine)
    (named,) = [each for each in found if each.what.startswith(said)]

    assert type(named) is kind
    assert "\n" not in str(named)
    assert named.hint
    if kind is not Obstacle:
        assert "alembic stamp base" in named.hint

        run(engine, "DELETE FROM asterisk_realtime_version")
        migrations.upgrade(engine)

        assert migrations.check(engine) == ()
