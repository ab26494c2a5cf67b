"""The stream of an open page."""

import asyncio
from typing import Any

import pytest
from litestar.response.sse import ServerSentEventMessage as Message

from services.frame import live
from services.frame.announcements import Announcements

MINE, OTHER = "530925101201", "530925101202"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GAP_S", 0)


def test_a_page_hears_that_something_changed_and_no_more() -> None:
    async def play() -> list[Message]:
        announcements = Announcements("")
        events = live.stream(announcements, MINE)
        first = await anext(events)
        announcements.wake(OTHER)
        for _ in range(3):
            announcements.wake(MINE)
        second = await anext(events)
        announcements.wake(MINE)
        third = await anext(events)
        await events.aclose()  # type: ignore[attr-defined]
        return [first, second, third]

    heard = asyncio.run(play())
    assert [one.event for one in heard] == ["hello", "changed", "changed"]
    assert not any(MINE in one.encode().decode() or OTHER in one.encode().decode() for one in heard)


def test_the_neighbour_s_news_are_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PING_S", 0.01)

    async def play() -> Message:
        announcements = Announcements("")
        events = live.stream(announcements, MINE)
        await anext(events)
        announcements.wake(OTHER)
        ping = await anext(events)
        await events.aclose()  # type: ignore[attr-defined]
        return ping

    ping = asyncio.run(play())
    assert (ping.event, ping.data) == (None, None)


def test_a_stream_ends_with_the_process_and_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(announcements: Announcements) -> list[Any]:
        return [one.event async for one in live.stream(announcements, MINE)]

    closing = Announcements("")
    closing.close()
    assert asyncio.run(play(closing)) == ["hello"]
    monkeypatch.setattr(live, "LIFE_S", 0)
    assert asyncio.run(play(Announcements(""))) == ["hello"]
