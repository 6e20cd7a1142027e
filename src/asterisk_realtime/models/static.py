"""Whole configuration files as rows: ``ast_config`` (``config_odbc``, ``config_pgsql``, ...)."""

from __future__ import annotations

from sqlalchemy import Index, String, Text

from asterisk_realtime.models.base import Base, Mapped, key, serial
from asterisk_realtime.models.types import NumberBool


class StaticConfig(Base):
    """
    One line of a configuration file that extconfig.conf maps to this table.

    Asterisk only reads these rows, when the file's module loads or reloads. Text is taken as it
    is: no ``;`` ends a value, and there are no templates.
    Sections come by ``cat_metric``, the highest first with ODBC and PostgreSQL's driver, the
    lowest first on SQLite; lines of a section by ``var_metric``, the lowest first.
    Treat these rows as code: one with ``#include`` as name, or ``System()`` in a dialplan, can run
    anything.
    """

    __tablename__ = "ast_config"
    __table_args__ = (Index("ast_config_filename", "filename"),)

    id: Mapped[int] = serial(
        "Number of the line's row; Asterisk does not read it.",
    )
    cat_metric: Mapped[int] = key(
        "Place of the section in the file; all lines of a section have the same.",
        default=0,
    )
    var_metric: Mapped[int] = key(
        "Place of the line in its section.",
        default=0,
    )
    filename: Mapped[str] = key(
        "File that the line stands for, such as ``confbridge.conf``.",
        String(128),
    )
    category: Mapped[str] = key(
        "Section, without its brackets; Asterisk takes 127 bytes.",
        String(128),
    )
    var_name: Mapped[str] = key(
        "Name before the ``=``, or ``#include``; Asterisk takes 127 bytes.",
        String(128),
    )
    var_val: Mapped[str] = key(
        "Value behind the ``=``, or the file to include.",
        Text(),
    )
    commented: Mapped[bool] = key(
        "Whether the line is ignored, stored as 1 or 0.",
        NumberBool(),
        default=False,
    )
