"""News of an area over a real PostgreSQL, and who may hear them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fangpin import database
from fangpin.announcing import announce
from services.frame.announcements import Announcements

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub

MINE, NEIGHBOUR = "530925101201", "530925101202"
SOON_S = 60  # a guard against a hang


def test_a_village_hears_of_itself_only(fresh_database: str) -> None:
    async def play() -> tuple[bool, bool, bool]:
        announcements = Announcements(fresh_database)
        with (
            announcements.of(MINE) as mine,
            announcements.of(NEIGHBOUR) as neighbour,
            announcements.of("530925") as county,
        ):
            async with announcements.listening():
                await asyncio.wait_for(neighbour.wait(), SOON_S)  # it listens now
                for one in (mine, neighbour, county):
                    one.clear()
                await asyncio.to_thread(_tell, fresh_database, MINE)
                await asyncio.wait_for(mine.wait(), SOON_S)
                return mine.is_set(), neighbour.is_set(), county.is_set()

    assert asyncio.run(play()) == (True, False, True)


def test_it_listens_again_when_the_server_was_away(fresh_database: str) -> None:
    async def play() -> None:
        announcements = Announcements(fresh_database)
        with announcements.of(MINE) as mine:
            async with announcements.listening():
                await asyncio.wait_for(mine.wait(), SOON_S)
                mine.clear()
                await asyncio.to_thread(_end_listeners, fresh_database)
                await asyncio.wait_for(mine.wait(), SOON_S)  # woken for what it may have missed
                mine.clear()
                await asyncio.to_thread(_tell, fresh_database, MINE)
                await asyncio.wait_for(mine.wait(), SOON_S)

    asyncio.run(play())


def _tell(url: str, village: str) -> None:
    with database.connect(url) as conn:
        announce(conn, [village])


def _end_listeners(url: str) -> None:
    with database.connect(url) as conn:
        ended = conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%%'"
        ).fetchall()
        assert ended == [(True,)]


def test_strangers_and_departments_hear_nothing(hub: Hub) -> None:
    assert hub.client.get("/live").status_code == 401
    assert hub.client.get("/live", headers=hub.token("housing")).status_code == 403
