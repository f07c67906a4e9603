"""Writing many rows of one table: the statement is made once, and the rows go to the driver as is.

SQLAlchemy prepares every value of every row anew, which costs as much as SQLite's own work; for
the few tables that fill by the thousand the values are made ready here instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import JSON, Connection, Dialect, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

to_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
"""How records stand in the store."""


class _Plan(NamedTuple):
    statement: str
    take: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    records: tuple[int, ...]
    defaults: tuple[Any, ...]


def insert_many(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns, two at least; the others get their defaults."""
    if not rows:
        return
    plan = _plan(table, tuple(rows[0]), conn.dialect)
    ready = [plan.take(row) + plan.defaults for row in rows]
    if plan.records:
        ready = [_with_records(row, plan.records) for row in ready]
    conn.exec_driver_sql(plan.statement, ready)


@lru_cache(maxsize=64)
def _plan(table: Table, columns: tuple[str, ...], dialect: Dialect) -> _Plan:
    quote = dialect.identifier_preparer.quote
    sign = "?" if dialect.paramstyle == "qmark" else "%s"
    left = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in columns and isinstance(column.default, ScalarElementColumnDefault)
    }
    names = ", ".join(quote(name) for name in (*columns, *left))
    values = ", ".join(sign for _ in (*columns, *left))
    return _Plan(
        statement=f"INSERT INTO {quote(table.name)} ({names}) VALUES ({values})",  # noqa: S608
        take=itemgetter(*columns),
        records=tuple(
            place for place, name in enumerate(columns) if isinstance(table.c[name].type, JSON)
        ),
        defaults=tuple(left.values()),
    )


def _with_records(row: tuple[Any, ...], places: Sequence[int]) -> tuple[Any, ...]:
    """Return the row with its records as text; None stays NULL."""
    ready = list(row)
    for place in places:
        value = row[place]
        if value is not None:
            ready[place] = to_json(value) if value else "[]"
    return tuple(ready)
