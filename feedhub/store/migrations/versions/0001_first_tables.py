"""The first tables.

While this is the only step it makes the newest tables; from the second step on this file must
spell out what stood there, so that an old database and a new one stay the same.
"""

from alembic import op

from feedhub.store.migrations import create_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_tables(op.get_bind())
