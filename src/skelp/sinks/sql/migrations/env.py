"""Run by Alembic with the store's own connection; there is no offline mode."""

from alembic import context

from skelp.sinks.sql.access_tables import metadata  # with those of tables.py

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
