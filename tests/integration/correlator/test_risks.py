"""Evidence of a pack that the hub no longer has: its warning comes true all the same, without a day that nobody knows."""

from fangpin import database
from fangpin.domain.policy import PackBook
from tests.desk import Desk
from tests.records import PERSON, common, household

LATER = {"reported_at": "2021-12-01T10:00:00+08:00"}


def test_evidence_of_a_pack_that_is_gone_does_not_stop_the_county(fresh_database: str) -> None:
    with database.connect(fresh_database) as conn:
        desk = Desk(conn)
        idle = {"situation": "not-resumed", "migrant": True, "last_worked_on": "2021-11-10"}
        desk.take(common("clock", "c-1", date="2021-12-01", reported_at="2021-12-01T08:00:00+08:00"))
        desk.take(household(), common("unemployment", "u-1", subject={"id_number": PERSON}, **idle) | LATER)
        assert desk.events("WarningRaised") == []
        desk.correlator._book = PackBook([])
        desk.take(common("clock", "c-2", date="2021-12-20", reported_at="2021-12-20T08:00:00+08:00"))
        (raised,) = desk.events("WarningRaised")
        assert (raised["risk"], raised["pack"], raised["due_on"]) == ("unemployment", "shuangjiang-2021", None)
