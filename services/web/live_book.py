"""The book as the web process knows it: looked up beside the requests, which never wait for it."""

import threading

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from fangpin.active_policies import ActiveBooks
from fangpin.domain.policy import PackBook, PackError
from fangpin.errors import TransientError
from fangpin.ports import Pool

LOOK_S = 0.5  # how long a pack that came into force may be missing from pages
log = structlog.get_logger()


class LiveBook:
    """The hub's own packs at first; while it runs, those in force too, half a second behind at most."""

    def __init__(self, pool: Pool, base: PackBook) -> None:
        self._pool = pool
        self._books = ActiveBooks(base)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-book", daemon=True)

    def current(self) -> PackBook:
        """The latest that is known."""
        return self._books.book

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join(LOOK_S)

    def look(self) -> None:
        """Look once. Raises what the database does, and `PackError`."""
        with self._pool.connection() as conn:
            self._books.at(conn)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                self.look()
            except (psycopg.OperationalError, psycopg.errors.UndefinedTable, PoolTimeout, TransientError):
                continue  # requests say that the database is away; the book stays as it was
            except PackError as error:
                log.error("a policy pack in force cannot be read", reason=str(error))
