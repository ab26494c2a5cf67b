"""`python -m services.clock`: tick each county at the start and whenever a civil day begins."""

import signal
import threading

import structlog

from fangpin import database, logging
from fangpin.errors import TransientError
from fangpin.kafka import Producer
from fangpin.policies import load_book
from fangpin.settings import Settings
from services.clock.ticking import civil_today, ticks

LOOK_S = 5.0  # how late a new civil day may be noticed
log = structlog.get_logger()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = Settings()
    logging.configure("clock")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    counties = load_book().counties()
    producer = Producer(settings.bootstrap_servers)
    while not stop.is_set():
        try:
            with database.connect(settings.database_url) as conn:
                due = list(ticks(conn, counties, civil_today(settings.days_off)))
            if due:
                producer.publish(due)
                log.info("tick", records=len(due))
        except TransientError as error:
            log.warning("retry", reason=str(error)[:200])
        stop.wait(LOOK_S)
    producer.close()


if __name__ == "__main__":
    main()
