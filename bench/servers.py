"""A Kafka and a durable PostgreSQL of the benchmark's own, with the hub's topics and tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from fangpin import database
from fangpin.kafka import Admin
from fangpin.settings import Settings
from fangpin.topics import topic_specs
from fangpin.vault import load_or_create_secret


@contextmanager
def hub_servers() -> Iterator[Settings]:
    """Started, migrated, topics made; gone afterwards."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        with EmbeddedPostgres(directory / "postgres") as postgres, EmbeddedKafka(directory / "kafka") as kafka:
            database.migrate(postgres.url)
            admin = Admin(kafka.bootstrap)
            admin.create_topics(topic_specs(8))
            admin.close()
            load_or_create_secret(directory / "secrets" / "master.key")
            yield Settings(KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap, DATABASE_URL=postgres.url, data_dir=directory)
