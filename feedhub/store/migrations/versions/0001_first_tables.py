"""The first tables.

While this is the only step the tables are made from `schema.py`; from the second step on this
file must spell out what stood there, so that an old database and a new one stay the same.
"""

from alembic import op

from feedhub.store import search
from feedhub.store.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    conn = op.get_bind()
    metadata.create_all(conn)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(search.SQLITE_TABLE)
    else:
        conn.exec_driver_sql(search.POSTGRESQL_TABLE)
        conn.exec_driver_sql(search.POSTGRESQL_INDEX)
