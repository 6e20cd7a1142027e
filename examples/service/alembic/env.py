"""Run by Alembic for the service's own tables; Asterisk's are ignored."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from asterisk_realtime import migrations
from examples.service.database import new_engine
from examples.service.tables import Base


def run(connection: Connection) -> None:
    """Run the migrations."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=migrations.include_name,
    )
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    """Connect to the service's database."""
    engine = new_engine()
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(main())
