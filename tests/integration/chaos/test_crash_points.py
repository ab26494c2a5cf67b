"""A correlator that dies between its commit and its publication, at each step: everything goes out once, with its ids."""

import signal

from fangpin import database
from tests.integration.chaos.clients import KafkaClient
from tests.integration.chaos.conftest import Ground
from tests.integration.chaos.crashing import POINTS
from tests.integration.chaos.parts import WORKER, Part, running
from tests.integration.chaos.streams import Streams, read_streams
from tests.integration.chaos.waiting import UNPUBLISHED, count, soon
from tests.records import Raw, bill, common, household

CRASHING = "tests.integration.chaos.crashing"


def test_what_was_committed_is_published_once_with_the_same_ids(ground: Ground) -> None:
    url, bootstrap = ground.settings.database_url, ground.settings.bootstrap_servers
    client = KafkaClient(bootstrap, ground.journal)
    client.send([common("clock", "c-1", date="2021-11-01", confirmed=True, subject={})])
    again = 0
    for number, point in enumerate(POINTS):
        sent = _household(number)
        client.send(sent)
        before = count(url, "SELECT count(*) FROM signal")
        crashed = Part(CRASHING, ground.environment, ground.directory, (point,))
        assert soon(lambda part=crashed: part.exit_code) == -signal.SIGKILL, crashed.log.read_text()
        published = len(_events(read_streams(bootstrap)))
        if point == "before-commit":
            assert count(url, "SELECT count(*) FROM signal") == before
            assert count(url, UNPUBLISHED) == 0
        else:
            assert count(url, "SELECT count(*) FROM signal") > before
            assert count(url, UNPUBLISHED) > 0
        with running(ground.environment, ground.directory, (WORKER,)):
            wanted = sum(len(_household(one)) for one in range(number + 1)) + 1
            soon(lambda wanted=wanted: count(url, "SELECT count(*) FROM signal") == wanted)
            soon(lambda: count(url, UNPUBLISHED) == 0)
        streams = read_streams(bootstrap)
        assert not streams.faults
        assert _events(streams) == _stored(url)
        assert (streams.again > again) is (point in ("amid-publication", "after-publication")), point
        assert published <= len(_stored(url))
        again = streams.again
    raised = [event for event in streams.warnings() if event["type"] == "WarningRaised"]
    assert len(raised) == len({event["warning_id"] for event in raised}) == len(POINTS)


def _household(number: int) -> list[Raw]:
    register = household(f"H{number}", f"r-{number}")
    return [register, *(bill(f"m-{number}-{one}", subject={"household_no": f"H{number}"}) for one in range(3))]


def _events(streams: Streams) -> set[str]:
    return {
        event["event_id"] for events in (*streams.households.values(), *streams.counties.values()) for event in events
    }


def _stored(url: str) -> set[str]:
    with database.connect(url) as conn:
        return {str(row[0]) for row in conn.execute("SELECT ce_id FROM outgoing WHERE topic IN (0, 2)")}
