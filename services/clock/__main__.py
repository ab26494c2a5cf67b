"""`python -m services.clock`: tick each county at the start and whenever a civil day begins; drop keys that are due.

In the time that is left it makes the blocks that trials of draft packs read.
"""

import signal
import threading
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from fangpin import database, logging
from fangpin.errors import PoisonError, TransientError
from fangpin.heartbeats import Heartbeat
from fangpin.kafka import Producer
from fangpin.policies import load_book
from fangpin.salts import drop_expired
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret
from services.clock.ticking import civil_today, ticks
from services.sandbox.keeping import keep

LOOK_S = 5.0  # how late a new civil day may be noticed
STEPS = 4  # blocks at a time: under a second, so that a new day and a sign of life do not wait
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
    vault = Vault(load_or_create_secret(settings.secret_file))
    heartbeat = Heartbeat("clock")
    while not stop.is_set():
        try:
            with database.connect(settings.database_url) as conn:
                due = list(ticks(conn, counties, civil_today(settings.days_off)))
                drop_expired(conn, datetime.now(UTC))
                conn.commit()
                if due:
                    producer.publish(due)
                    log.info("tick", records=len(due))
                heartbeat.beat(conn)
                for _ in range(STEPS):
                    if stop.is_set() or not keep(conn, vault):
                        break
        except TransientError as error:
            log.warning("retry", reason=str(error)[:200])
        except PoisonError as error:
            log.warning("no blocks", reason=str(error)[:200])  # of another vault's records; trials say so themselves
        stop.wait(LOOK_S)
    with suppress(TransientError), database.connect(settings.database_url) as conn:
        heartbeat.end(conn)
    producer.close()


if __name__ == "__main__":
    main()
