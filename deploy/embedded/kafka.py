"""Apache Kafka itself on this machine: one KRaft node, broker and controller in one JVM."""

from __future__ import annotations

import base64
import shutil
import signal
import socket
import subprocess
import uuid
from pathlib import Path
from typing import ClassVar

from deploy.embedded.failure import ServerFailure, with_log_tail
from deploy.embedded.jars import class_path
from deploy.embedded.java import java_program
from deploy.embedded.ports import kept_port
from deploy.embedded.processes import ServerProcess
from deploy.embedded.server import Server

STARTED = b"Kafka Server started"  # logged after the controller has let the broker in
# These say, log by log and segment by segment, how far a start after a crash has come.
RECOVERING = ("kafka.log.LogManager", "org.apache.kafka.storage.internals.log.LogLoader")
JVM = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",  # a small heap: one thread collects it for less than many
    "-XX:TieredStopAtLevel=1",  # compiled once and quickly; the optimising compiler took more than it gave
    "-XX:+ExitOnOutOfMemoryError",  # a broker that limps is worse than one that is started again
    "-Djava.awt.headless=true",
)
LOGGING = (
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",  # says STARTED
    *(f"-Dorg.slf4j.simpleLogger.log.{name}=info" for name in RECOVERING),
)
# Sizes and counts for one node on a small machine. The session time-out is short because a broker that was killed
# is refused (DuplicateBrokerRegistration) until its former session has run out.
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "2",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "2",
    "group.initial.rebalance.delay.ms": "100",
    "group.min.session.timeout.ms": "1000",
    "message.max.bytes": str(2 * 2**20),
    "replica.fetch.max.bytes": str(2 * 2**20),
    "log.cleaner.dedupe.buffer.size": str(16 * 2**20),  # the default takes a quarter of the heap
    "log.segment.bytes": str(256 * 2**20),
    # One broker, so no other has what a power cut takes from its memory, while PostgreSQL has every commit on the disk:
    # what is acknowledged is on the disk within a thousand records of its partition, and within some second. After each
    # record cost between a third and four fifths of the throughput, this a sixth.
    "log.flush.interval.messages": "1000",
    "log.flush.interval.ms": "1000",
    "log.flush.scheduler.interval.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "num.recovery.threads.per.data.dir": "2",
}


class EmbeddedKafka(Server):
    """A broker on 127.0.0.1 without authentication; `bootstrap` is its address.

    Topics are not made by use, records are at most 2 MiB. The jars come from a cache that instances share
    (`deploy.embedded.jars`).
    """

    name: ClassVar[str] = "kafka"
    program: ClassVar[str] = "java"
    polite: ClassVar[signal.Signals] = signal.SIGTERM
    ready_within: ClassVar[float] = 90.0  # 5 s on an idle machine; a segment of its log is recovered in less, and said
    stopped_within: ClassVar[float] = 30.0

    def __init__(self, directory: Path, port: int | None = None, *, cache: Path | None = None) -> None:
        super().__init__(directory)
        self._wanted_port, self._cache = port, cache
        self._port: int | None = None
        self._heard = 0  # how much of the log has been looked through for words of a recovery

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:<port>`; known once started."""
        if self._port is None:
            raise ServerFailure("kafka was not started")
        return f"127.0.0.1:{self._port}"

    def _working_directory(self) -> Path:
        return self.directory / "broker"

    def _launch(self) -> ServerProcess:
        jars = ":".join(map(str, class_path(self._cache)))
        # Clients hold the address of a server that is started again: then the same port, or a failure that says so.
        self._port = kept_port(self.directory / "port", self._port or self._wanted_port)
        controller = kept_port(self.directory / "controller-port")
        settings = self._write_settings(self._port, controller)
        self._format(jars, settings)
        self._heard = self._log_start
        return ServerProcess(
            [java_program(), *JVM, *LOGGING, "-cp", jars, "kafka.Kafka", str(settings)],
            directory=self._working_directory(),
            log=self.log,
            farewell=self.polite,
        )

    def _write_settings(self, port: int, controller: int) -> Path:
        own = {
            "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "log.dirs": str(self._working_directory() / "logs"),
        }
        file = self.directory / "server.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in {**SETTINGS, **own}.items()))
        return file

    def _format(self, jars: str, settings: Path) -> None:
        """Formats the storage once. The mark is made last, so a start that was cut short begins anew."""
        mark, logs = self.directory / "formatted", self._working_directory() / "logs"
        if mark.exists():
            return
        shutil.rmtree(logs, ignore_errors=True)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if cluster.startswith("-"):
            cluster = "A" + cluster[1:]  # the tool would take it for an option
        command = [java_program(), "-Xmx256m", "-XX:TieredStopAtLevel=1", *LOGGING, "-cp", jars]
        command += ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings)]
        with self.log.open("ab") as log:
            done = subprocess.run(command, cwd=self.directory, stdout=log, stderr=log, timeout=60, check=False)
        if done.returncode != 0:
            raise ServerFailure(with_log_tail("kafka's storage could not be formatted", self.log))
        mark.touch()

    def _is_ready(self) -> bool:
        if not self.log.exists():
            return False
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            if STARTED not in log.read():
                return False
        assert self._port is not None
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _is_recovering(self) -> bool:
        if not self.log.exists():
            return False
        with self.log.open("rb") as log:
            log.seek(self._heard)
            said = log.read()
            self._heard = log.tell()
        return any(name.encode() in said for name in RECOVERING)
