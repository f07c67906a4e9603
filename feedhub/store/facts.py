"""Facts about the whole store: the change counter, what is applied, and the kept counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, text

from feedhub.store.schema import counter, meta
from feedhub.store.values import chunks

CHANGES = "changes"
CHANGED_AT = "changed_at"
CREATED = "created"
HEARTBEAT = "heartbeat"
APPLIED = "config"
SETTLED = "settled"
RULES = "rules"
TAG_STATE = "tag_state"
RETAG = "retag"


def get(conn: Connection, name: str) -> str | None:
    """Return a fact, or None when it was never set."""
    return conn.execute(select(meta.c.value).where(meta.c.name == name)).scalar()


def get_all(conn: Connection, names: Collection[str]) -> dict[str, str]:
    """Return these facts; those never set are missing."""
    rows = conn.execute(select(meta).where(meta.c.name.in_(names)))
    return {row.name: row.value for row in rows}


def put(conn: Connection, name: str, value: str) -> None:
    """Set a fact."""
    conn.execute(
        text(
            "INSERT INTO meta(name, value) VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"name": name, "value": value},
    )


def changes(conn: Connection) -> int:
    """Return the change counter: it moves with every commit that changes what is published."""
    return int(get(conn, CHANGES) or 0)


def note_change(conn: Connection, *, now: datetime) -> None:
    """Move the change counter, and remember when."""
    put(conn, CHANGED_AT, str(int(now.timestamp())))
    conn.execute(
        text(
            "INSERT INTO meta(name, value) VALUES ('changes', '1') ON CONFLICT (name)"
            " DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)"
        )
    )


def count(conn: Connection, name: str) -> int:
    """Return a kept count: `home`, `section:<slug>`, `source:<slug>`, `tag:<id>`."""
    return conn.execute(select(counter.c.n).where(counter.c.name == name)).scalar() or 0


def counts(conn: Connection, prefix: str) -> dict[str, int]:
    """Return all kept counts of a kind, by what follows its prefix."""
    rows = conn.execute(
        select(counter.c.name, counter.c.n).where(
            counter.c.name.startswith(prefix + ":", autoescape=True)
        )
    )
    return {name.partition(":")[2]: n for name, n in rows}


def counts_of(conn: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the kept counts of these names; those never counted are missing."""
    found: dict[str, int] = {}
    for part in chunks(sorted(set(names))):
        for row in conn.execute(select(counter).where(counter.c.name.in_(part))):
            found[row.name] = row.n
    return found


def add_counts(conn: Connection, deltas: Mapping[str, int]) -> None:
    """Add to kept counts."""
    values = [{"name": name, "n": n} for name, n in sorted(deltas.items()) if n]
    if values:
        conn.execute(
            text(
                "INSERT INTO counter(name, n) VALUES (:name, :n)"
                " ON CONFLICT (name) DO UPDATE SET n = counter.n + excluded.n"
            ),
            values,
        )
