"""The notes, in the database that the link to `db` gives."""

from contextlib import asynccontextmanager

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from .connection import connection_from_environment

TABLE = """
create table if not exists notes (
  id bigint generated always as identity primary key,
  text text not null,
  written timestamptz not null default now()
)
"""

_pool: AsyncConnectionPool | None = None


@asynccontextmanager
async def opened():
    """The pool, with the table there. Replicas may start together, so one at a time makes it."""
    global _pool
    parameters = {**connection_from_environment(), "row_factory": dict_row}
    async with AsyncConnectionPool(kwargs=parameters, min_size=1, max_size=10, open=False) as pool:
        await pool.wait()
        async with pool.connection() as connection:
            await connection.execute("select pg_advisory_xact_lock(7)")
            await connection.execute(TABLE)
        _pool = pool
        yield


def _connection():
    if _pool is None:
        raise RuntimeError("the database is not open yet")
    return _pool.connection(timeout=5)


async def ping() -> None:
    async with _connection() as connection:
        await connection.execute("select 1")


async def newest(count: int) -> list[dict]:
    async with _connection() as connection:
        rows = await connection.execute("select id, text, written from notes order by id desc limit %s", [count])
        return await rows.fetchall()


async def add(text: str) -> dict:
    async with _connection() as connection:
        rows = await connection.execute("insert into notes (text) values (%s) returning id, text, written", [text])
        return await rows.fetchone()
