"""The servers of one test run: started by whichever worker asks first, ended when the last one has gone.

`FANGPIN_TEST_SERVERS` chooses the lane: `embedded` (the default) or `containers`. With `KAFKA_BOOTSTRAP_SERVERS` and
`DATABASE_URL` set, those are used instead; `python -m tests.keeper` starts a pair for a day's work and prints both.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres

REPOSITORY = Path(__file__).resolve().parents[1]
START_WITHIN = 240.0  # seconds: the first start on a machine fetches Kafka's jars, or builds images
OWN_RUN = uuid.uuid4().hex  # without xdist a process is a run of its own


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers of a run answer; the database's user may create databases."""

    kafka_bootstrap: str
    database_url: str


Lane = Callable[[Path], AbstractContextManager[Addresses]]


@contextmanager
def embedded_lane(directory: Path) -> Iterator[Addresses]:
    """Kafka and PostgreSQL as processes in `directory`."""
    with ExitStack() as stack:
        database = stack.enter_context(EmbeddedPostgres(directory / "postgres", shared_buffers="128MB", durable=False))
        kafka = stack.enter_context(EmbeddedKafka(directory / "kafka"))
        yield Addresses(kafka.bootstrap, database.url)


def chosen_lane() -> Lane:
    """The lane of `FANGPIN_TEST_SERVERS`. A lane is a context manager over the directory that it may use."""
    name = os.environ.get("FANGPIN_TEST_SERVERS", "embedded")
    if name == "embedded":
        return embedded_lane
    if name == "containers":
        lane: Lane = import_module("tests.containers").container_lane  # needs a container engine
        return lane
    raise ValueError(f"FANGPIN_TEST_SERVERS is {name!r}: neither embedded nor containers")


@contextmanager
def shared_servers() -> Iterator[Addresses]:
    """The run's servers, shared between its workers.

    Each worker holds a shared lock on `users` for as long as it needs them; the keeper, a process of its own, waits
    for the exclusive one, which it gets when the last worker has gone, be it by kill -9.
    """
    kafka, database = os.environ.get("KAFKA_BOOTSTRAP_SERVERS"), os.environ.get("DATABASE_URL")
    if kafka and database:
        yield Addresses(kafka, database)
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", OWN_RUN)
    directory = Path(tempfile.gettempdir()) / f"fangpin-tests-{os.getuid()}-{run}"
    with ExitStack() as stack:
        with _exclusive(Path(tempfile.gettempdir()) / f"fangpin-tests-{os.getuid()}.lock"):
            _join(directory, stack)
            if not (directory / "addresses.json").exists():
                _start_keeper(directory)
            addresses = Addresses(**json.loads((directory / "addresses.json").read_text()))
        yield addresses


def publish(addresses: Addresses, directory: Path) -> None:
    """Makes the addresses known to the workers, at once and whole."""
    new = directory / "addresses.new"
    new.write_text(json.dumps(asdict(addresses)))
    new.replace(directory / "addresses.json")


@contextmanager
def new_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """The URL of a database of its own on the server, a copy of the database `template`; dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template1")
            )
        )
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def url_of(server_url: str, database: str) -> str:
    """`server_url` with another database's name."""
    head, _, options = server_url.partition("?")
    return head.rsplit("/", 1)[0] + "/" + database + (f"?{options}" if options else "")


def name_of(url: str) -> str:
    """The name of the database in `url`."""
    return str(conninfo_to_dict(make_conninfo(url))["dbname"])


@contextmanager
def _exclusive(file: Path) -> Iterator[None]:
    with file.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _join(directory: Path, stack: ExitStack) -> None:
    """Takes the shared lock; waits while a keeper that is going away holds the other one."""
    while True:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (directory / "users").open("ab")
        fcntl.flock(lock, fcntl.LOCK_SH)
        if os.fstat(lock.fileno()).st_nlink:
            stack.enter_context(lock)
            return
        lock.close()  # the keeper took the folder with it


def _start_keeper(directory: Path) -> None:
    log = directory / "keeper.log"
    with log.open("ab") as stream:
        subprocess.run(
            ["setsid", "--fork", sys.executable, "-m", "tests.keeper", str(directory)],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            check=True,
        )
    deadline = time.monotonic() + START_WITHIN
    while not (directory / "addresses.json").exists():
        if (directory / "failed").exists() or time.monotonic() > deadline:
            raise RuntimeError(f"the test servers did not start:\n{log.read_text()[-4000:]}")
        time.sleep(0.05)
