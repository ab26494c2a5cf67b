"""`fangpin up`: Kafka, PostgreSQL, the hub, the demo; one URL at the end."""

import fcntl
import gc
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Any

import httpx
import typer
from rich.console import Console

from fangpin.broker import Broker
from fangpin.domain.calendar import SHANGHAI
from services.cli.directory import HERE
from services.cli.exits import EXIT_CALL_WRONG, EXIT_FAILED
from services.cli.starting import SAY_S, StartFailure, refuse_lost_tails, wait_ready

app = typer.Typer(add_completion=False)
console = Console(highlight=False)
Servers = dict[str, tuple[Callable[[], bool], Callable[[], None]]]


@app.command()
def up(
    data: Annotated[Path, typer.Option(help="where everything is kept")] = HERE,
    port: Annotated[int, typer.Option(help="of the pages and the API, on 127.0.0.1")] = 8000,
    empty: Annotated[bool, typer.Option("--empty", help="policies and accounts, no records")] = False,
    today: Annotated[
        str | None, typer.Option(help="the civil date at the start, YYYY-MM-DD; kept for this directory")
    ] = None,
    republish: Annotated[
        bool, typer.Option("--republish", help="first make the logs of events anew from PostgreSQL: after a restore")
    ] = False,
) -> None:
    """Start everything; Ctrl-C drains and stops what was started."""
    from services.cli.port import check_port

    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    _own(data)
    check_port(data, port)
    began = time.monotonic()
    hub = Hub(data, port, _days_off(data, today), republish=republish)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: hub.ask_to_stop())
    try:
        hub.start()
        if hub.watched and not empty:
            hub.play_demo()
        if hub.watched:
            hub.announce(time.monotonic() - began)
        hub.wait()
        if not hub.stopping:
            console.print("[red]看护各部分的线程意外结束，中枢停止。[/red]")
            raise typer.Exit(EXIT_FAILED)  # so that whoever started us starts us again
    except StartFailure as failure:
        if hub.stopping:
            return  # a server that was not ready yet, and is not wanted any more
        hub.ask_to_stop()
        console.print(f"[red]启动失败：{failure}[/red]")
        raise typer.Exit(EXIT_FAILED) from failure
    finally:
        hub.stop()
        gc.freeze()  # the process ends: a last collection of all that was imported and played would take seconds


_held: list[IO[str]] = []  # the lock lives as long as the process


def _own(data: Path) -> None:
    """One hub on a directory: a second one is refused."""
    lock = (data / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        console.print(f"[red]{data} 已有一个中枢在运行。请换一个 --data，或先停止它。[/red]")
        raise typer.Exit(EXIT_FAILED) from None
    _held.append(lock)


def _days_off(data: Path, today: str | None) -> int:
    """The difference between the civil date and the real one, kept in the directory."""
    kept = data / "days-off"
    if today is not None:
        try:
            wanted = date.fromisoformat(today)
        except ValueError:
            console.print(f"[red]--today {today}：应写成 2021-11-01 这样的日期。[/red]")
            raise typer.Exit(EXIT_CALL_WRONG) from None
        new = kept.with_name(f"{kept.name}.new")  # a full disk leaves the old one whole
        new.write_text(str((wanted - datetime.now(SHANGHAI).date()).days))
        new.replace(kept)
    return int(kept.read_text()) if kept.exists() else 0


class Hub:
    """What `up` starts, in order, and stops in reverse."""

    def __init__(self, data: Path, port: int, days_off: int, *, republish: bool = False) -> None:
        from services.cli.supervisor import Supervisor

        self._data = data
        self._port = port
        self._days_off = days_off
        self._republish = republish
        self._servers: list[tuple[str, Any]] = []
        self._supervisor: Supervisor | None = None
        self._stopping = threading.Event()
        self._watching = threading.Thread(target=self._watch)
        self._credentials: dict[str, Any] = {}

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopping.is_set()

    @property
    def watched(self) -> bool:
        """Whether what dies is started again: from the start of the parts until somebody asks to stop."""
        return not self.stopping and self._watching.is_alive()

    def ask_to_stop(self) -> None:
        """From a signal handler."""
        self._stopping.set()
        if self._supervisor is not None:
            self._supervisor.ask_to_stop()

    def start(self) -> None:
        """Servers, schema, topics, accounts, parts; returns when pages and intake answer."""
        from deploy.embedded.failure import ServerFailure
        from fangpin import database, heartbeats
        from fangpin.errors import HubError
        from fangpin.kafka import Kafka
        from fangpin.settings import Settings
        from fangpin.topics import topic_specs
        from fangpin.vault import load_or_create_secret
        from services.cli.supervisor import Supervisor

        environment = self._start_servers()
        try:
            database.migrate(environment["DATABASE_URL"])
            broker = Kafka(environment["KAFKA_BOOTSTRAP_SERVERS"])
            if self._republish:
                self._make_logs_anew(environment["DATABASE_URL"], broker)
            admin = broker.admin()
            admin.create_topics(topic_specs(Settings().partitions))
            admin.close()
            refuse_lost_tails(environment["DATABASE_URL"], broker)
        except HubError as error:
            raise StartFailure(str(error)) from error
        load_or_create_secret(self._data / "secrets" / "master.key")
        self._say("数据库和主题已就绪")
        self._accounts(environment)
        with database.connect(environment["DATABASE_URL"]) as conn:
            heartbeats.forget(conn)
        self._supervisor = Supervisor(self._data, self._environment(environment), self._say)
        try:
            self._supervisor.start()
        except (ServerFailure, OSError) as failure:
            raise StartFailure(str(failure)) from failure
        self._watching.start()  # now, for parts may die before all are ready
        with console.status("正在启动各部分…"):
            wait_ready(
                f"http://127.0.0.1:{self._port}/health",
                environment["DATABASE_URL"],
                self._supervisor.dying,
                lambda: self.watched,
                self._say,
            )

    def _make_logs_anew(self, database_url: str, broker: Broker) -> None:
        from fangpin import database
        from fangpin.settings import Settings
        from services.cli.republishing import republish

        with database.connect(database_url) as conn:
            done = republish(conn, broker, Settings().partitions)
        self._say(f"事件日志已按数据库重建，将重新发布 {done.records} 条")
        if done.lost_feeds:
            self._say(f"这些主题缺少尚未处理的记录，请各部门重新报送：{'、'.join(done.lost_feeds)}")

    def _environment(self, servers: dict[str, str]) -> dict[str, str]:
        metrics = self._data / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        return {
            **servers,
            "FANGPIN_DATA_DIR": str(self._data),
            "FANGPIN_PORT": str(self._port),
            "FANGPIN_DAYS_OFF": str(self._days_off),
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        }

    def _start_servers(self) -> dict[str, str]:
        bootstrap, url = os.environ.get("KAFKA_BOOTSTRAP_SERVERS"), os.environ.get("DATABASE_URL")
        if bootstrap and url:
            self._say("使用已给出的 Kafka 和 PostgreSQL")
            return {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "DATABASE_URL": url}
        from deploy.embedded.failure import ServerFailure
        from deploy.embedded.kafka import EmbeddedKafka
        from deploy.embedded.postgres import EmbeddedPostgres

        postgres, kafka = EmbeddedPostgres(self._data / "postgres"), EmbeddedKafka(self._data / "kafka")
        for name, server in (("PostgreSQL", postgres), ("Kafka", kafka)):
            began = time.monotonic()
            with console.status(f"正在启动 {name}…"):
                try:
                    self._start_server(name, server)
                except (ServerFailure, OSError) as failure:
                    raise StartFailure(f"{name}：{failure}") from failure
            self._servers.append((name, server))
            self._say(f"{name} 已启动（{time.monotonic() - began:.1f} 秒）")
        return {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "DATABASE_URL": postgres.url}

    def _accounts(self, servers: dict[str, str]) -> None:
        from fangpin import database
        from fangpin.areas import villages
        from fangpin.policies import load_book
        from services.access.seed import seed_accounts

        counties = {
            county: [code for code, village in villages(county).items() if village.rural]
            for county in load_book().counties()
        }
        with database.connect(servers["DATABASE_URL"]) as conn:
            self._credentials = seed_accounts(
                conn,
                counties,
                self._data,
                url=f"http://127.0.0.1:{self._port}",
                kafka=servers["KAFKA_BOOTSTRAP_SERVERS"],
                database=servers["DATABASE_URL"],
            )

    def _start_server(self, name: str, server: Any) -> None:
        """Say now and then that it is waited for: a recovery takes as long as it takes."""
        said = 0.0

        def wait_on(seconds: float) -> bool:
            nonlocal said
            if seconds > said + SAY_S:
                said = seconds
                self._say(f"仍在等待 {name}（已 {seconds:.0f} 秒，可能在恢复数据）；日志在 {server.log}")
            return not self.stopping

        server.start(wait_on)

    def play_demo(self) -> None:
        """Once a directory: the demo, with its progress."""
        from services.cli import demo
        from services.cli.sending import CannotSend
        from services.clock.ticking import civil_today

        mark = demo.marker(self._data)
        if mark.exists():
            return
        with console.status("正在播放演示数据…") as status:
            try:
                played = demo.play(
                    self._credentials,
                    civil_today(self._days_off),
                    lambda what, done, of: status.update(f"演示：{what} {done}/{of}"),
                    lambda: self.stopping,
                )
            except (httpx.HTTPError, CannotSend) as error:
                self._say(f"演示数据没有送完（{error}），下次启动时继续；请看 {self._data / 'logs'} 里的日志")
                return
        if played:
            mark.touch()
            self._say("演示数据已送达")

    def announce(self, seconds: float) -> None:
        """One URL, the logins, the path of the credentials."""
        console.print(f"\n防贫数据交换中枢已就绪（{seconds:.0f} 秒）：[bold]http://127.0.0.1:{self._port}/[/bold]")
        for officer in self._credentials["officers"]:
            if officer["role"] in ("village", "county", "analyst"):
                console.print(
                    f"  {officer['role']:<8} {officer['username']:<28} {officer['password']}  {officer['area']}"
                )
        console.print(f"全部账号：{self._data / 'credentials.json'}\nready", soft_wrap=True)
        sys.stdout.flush()

    def wait(self) -> None:
        """Until the watch over parts and servers ends."""
        while self._watching.is_alive():
            self._watching.join(1.0)  # short, so that a signal's handler runs

    def _watch(self) -> None:
        assert self._supervisor is not None
        servers: Servers = {
            name: (partial(getattr, server, "is_running"), partial(self._start_server, name, server))
            for name, server in self._servers
        }
        if not self.stopping:
            self._supervisor.watch(servers)

    def stop(self) -> None:
        """Parts first, then Kafka, then PostgreSQL."""
        began = time.monotonic()
        self.ask_to_stop()
        self.wait()
        if self._supervisor is not None:
            self._supervisor.stop()
        for _, server in reversed(self._servers):
            server.stop()
        self._say(f"已停止（{time.monotonic() - began:.1f} 秒）")

    @staticmethod
    def _say(text: str) -> None:
        with suppress(OSError):  # where it is written to the disk that is full, the hub goes on unheard
            console.print(f"{datetime.now(SHANGHAI):%H:%M:%S} {text}", soft_wrap=True)
            sys.stdout.flush()
