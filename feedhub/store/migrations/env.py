"""Where Alembic begins: on the connection that `upgrade` gives it, within its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
