"""`python -m consumers.notifier`: notices as warnings come, digests beside them."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg
import structlog

from consumers.notifier.digests import write_due
from consumers.notifier.handler import Notifier
from consumers.runtime import Loop
from fangpin import database, logging
from fangpin.active_policies import ActiveBooks
from fangpin.errors import TransientError
from fangpin.kafka import Kafka
from fangpin.policies import load_book
from fangpin.settings import Settings

DIGEST_S = 60.0  # how often it looks whether an area's day has something to list
log = structlog.get_logger()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = Settings()
    logging.configure("notifier")
    stop = threading.Event()
    loop = Loop(
        Notifier(),
        broker=Kafka(settings.bootstrap_servers),
        database_url=settings.database_url,
        group="fangpin-notifier",
        part="notifier",
        pace_s=0.2,  # nobody waits for a notice
    )

    def stop_all(*_: object) -> None:
        stop.set()
        loop.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_all)
    with ThreadPoolExecutor(1) as executor:
        digests = executor.submit(_digests, settings, stop)
        digests.add_done_callback(stop_all)  # neither goes on without the other: a process that half works looks well
        try:
            loop.run()
        finally:
            stop.set()
    digests.result()


def _digests(settings: Settings, stop: threading.Event) -> None:
    books, looked = ActiveBooks(load_book()), dict[str, date]()
    while not stop.wait(DIGEST_S):
        try:
            with database.connect(settings.database_url) as conn:
                write_due(conn, settings, books.at(conn), looked)
        except (TransientError, psycopg.OperationalError, OSError) as error:
            log.warning("retry", reason=str(error)[:200])


if __name__ == "__main__":
    main()
