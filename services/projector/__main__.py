"""`python -m services.projector`: every read model, each in a thread with its own consumer and checkpoint."""

import os
import signal
import sys
import threading

import structlog

from consumers.runtime import Loop
from consumers.runtime.interpreter import SWITCH_S
from fangpin import database, logging
from fangpin.errors import FencedError
from fangpin.kafka import Kafka
from fangpin.settings import Settings
from projections import PROJECTIONS, Projection, versions
from projections.handler import ProjectionHandler

log = structlog.get_logger()


class Projector:
    """Runs all loops; a version that is no longer live gives way to the one that is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loops: dict[str, Loop] = {}
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Drain every loop."""
        self._stopping.set()
        for loop in list(self._loops.values()):
            loop.stop()

    def run(self, projection: Projection) -> None:
        """Follow the live version of one read model; anything fatal ends the whole process, loudly."""
        try:
            while not self._stopping.is_set():
                self._follow(projection)
        except BaseException:
            log.exception("fatal", projection=projection.name)
            os._exit(1)

    def _follow(self, projection: Projection) -> None:
        with database.connect(self._settings.database_url) as conn:
            version = versions.ensure(conn, projection)
        handler = ProjectionHandler(projection, version, live=True)
        loop = Loop(
            handler,
            broker=Kafka(self._settings.bootstrap_servers),
            database_url=self._settings.database_url,
            group=f"fangpin-{handler.name}",
            part=f"projector.{projection.name}",
            pace_s=projection.pace_s,
        )
        self._loops[projection.name] = loop
        if self._stopping.is_set():
            return
        try:
            loop.run(stop_when_fenced=True)
        except FencedError as error:
            log.info("version changed", projection=projection.name, reason=str(error))


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = Settings()
    logging.configure("projector")
    sys.setswitchinterval(SWITCH_S)
    projector = Projector(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: projector.stop())
    threads = [threading.Thread(target=projector.run, args=(one,)) for one in PROJECTIONS.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
