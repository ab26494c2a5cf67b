"""Alembic's entry: online migrations on the URL that `fangpin.database.migrate` hands over."""

from alembic import context

from fangpin.database import engine
from fangpin.tables import metadata


def run() -> None:
    """Migrate within one transaction; a lock keeps two starting processes apart."""
    database = engine(context.config.attributes["url"])
    with database.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(4401)")
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.exec_driver_sql("SELECT pg_advisory_unlock(4401)")
        connection.commit()
    database.dispose()  # an idle session of the pool would keep others from copying or dropping the database


run()
