"""A warning that nobody has verified by its day goes up: to the township, then to the county.

Driven by the county's civil date alone, so that a replay gives the same. Where the document states no day for the
village (`due_on` None) nobody is late; where it states none for the township it stops there. Stock is not pressed.
"""

from datetime import date, timedelta
from typing import Literal

import msgspec

from fangpin.domain.episodes import Episode, RiskState

Level = Literal["none", "township", "county"]
DAY = timedelta(days=1)


class Escalation(msgspec.Struct, frozen=True):
    """One event to come: an episode is now before that level, since `since`. `none`: the date was set back."""

    episode: int
    level: Level
    since: date
    due_on: date
    review_on: date | None


def escalate(state: RiskState, on: date | None) -> Escalation | None:
    """What changed for the episode that goes on, at the county's date; marks it in the episode."""
    if on is None or not state.episodes:
        return None
    episode = state.episodes[-1]
    if not _waits(episode) or episode.due_on is None:
        return None
    steps = _steps(episode)
    reached = [(first, level) for first, level in steps if first <= on]
    since, level = reached[-1] if reached else (on, "none")
    if level == episode.escalated:
        return None
    episode.escalated = level
    return Escalation(episode.number, level, since, episode.due_on, episode.review_on)


def next_step(state: RiskState, on: date) -> date | None:
    """The first day after `on` on which a warning goes up, if nobody verifies it."""
    return min((first for first, _ in _ahead(state) if first > on), default=None)


def last_step(state: RiskState, on: date) -> date | None:
    """The last day by `on` on which it went up: a date set back before it takes that back."""
    return max((first for first, _ in _ahead(state) if first <= on), default=None)


def _ahead(state: RiskState) -> list[tuple[date, Level]]:
    return _steps(state.episodes[-1]) if state.episodes and _waits(state.episodes[-1]) else []


def _waits(episode: Episode) -> bool:
    return episode.status == "open" and not episode.stock


def _steps(episode: Episode) -> list[tuple[date, Level]]:
    """The first day on which each level has it: the day after the one by which the level below was to act."""
    steps: list[tuple[date, Level]] = []
    if episode.due_on is not None:
        steps.append((episode.due_on + DAY, "township"))
        if episode.review_on is not None:
            steps.append((episode.review_on + DAY, "county"))
    return steps
