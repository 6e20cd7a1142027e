"""
A program that upgrades databases and kills itself on the way: ``python killer.py``.

Each line on standard input is ``URL n family...``: a fork upgrades these families of that database,
or all, and sends itself SIGKILL right after the n-th change, or before a commit, which counts as
one. Answered is ``killed``, or ``ended`` where the upgrade has fewer. It imports everything once,
so that a fork is quick.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback

from sqlalchemy import NullPool, create_engine, event

from asterisk_realtime import migrations

CHANGES = frozenset({"CREATE", "ALTER", "INSERT", "UPDATE", "DELETE", "DROP"})


def upgrade(url: str, changes: int, families: list[str]) -> None:
    """Upgrade a database until so many changes are made."""
    left = changes
    engine = create_engine(url, poolclass=NullPool)

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(engine, "after_cursor_execute")
    def executed(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.split(maxsplit=1)[0].upper() in CHANGES:
            count()

    @event.listens_for(engine, "commit")
    def commits(_connection: object) -> None:
        count()

    migrations.upgrade(engine, families=families or None)


def main() -> None:
    """Answer each line."""
    for line in sys.stdin:
        url, changes, *families = line.split()
        process = os.fork()
        if process == 0:
            try:
                upgrade(url, int(changes), families)
            except BaseException:  # noqa: BLE001 - whatever it is, it ends here
                traceback.print_exc()
                os._exit(1)  # never back into this loop
            os._exit(0)
        _, status = os.waitpid(process, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else f"ended {status}", flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
