"""The pre-check sheet of a household: how the ten situations stand. For people to read; the hub rejects nobody."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.exclusions import Answer, Outcome, Override, outcome
from fangpin.domain.feeds.exclusion_answer import ANSWERS, EXCLUSION_ANSWER
from fangpin.domain.policy import Pack, PackBook
from services.inbox import reading
from services.inbox.cards import civil_dates
from services.inbox.standing import holding, shown_fields
from services.inbox.telling import department

OVERRIDE = "exclusion-override"
STATES = {"clear": "无", "hit": "有", "unanswered": "尚未答复"}
_WORDS = {slug: label for label, slug in ANSWERS.items()}


def precheck(
    conn: Connection,
    book: PackBook,
    household: reading.Item,
    warnings: Sequence[reading.Item],
    events: Sequence[reading.Item],
) -> dict[str, Any] | None:
    """The sheet; None where the county's document of the day has no such list. `events` are the household's, in order."""
    today = civil_dates(conn).get(household["county_code"], datetime.now(SHANGHAI).date())
    pack = book.in_force(household["county_code"], today)
    if pack is None or not pack.exclusions:
        return None
    given = answers(events, _persons(conn, household["household_id"]))
    return sheet(pack, warnings, given, overrides(events)) | {"today": today}


def without_answers(events: Sequence[reading.Item]) -> list[reading.Item]:
    """The events of everything but the answers."""
    return [event for event in events if event["data"].get("feed") != EXCLUSION_ANSWER.slug]


def answers(events: Sequence[reading.Item], persons: Mapping[int, str]) -> list[Answer]:
    """The answers that hold; `persons` tells by the event's sequence of whom one is."""
    found = []
    for event in holding(events).values():
        data = event["data"]
        values = shown_fields(data) if data["feed"] == EXCLUSION_ANSWER.slug else None
        if values is None or values["situation"] is None:  # of another feed, or no longer to be opened
            continue
        number, day, detail = values["situation"], values["answered_on"], values["detail"]
        assert isinstance(number, int)
        assert isinstance(day, date)
        subject = data["content"]["subject"]
        found.append(
            Answer(
                situation=number,
                answer=str(values["answer"]),
                answered_on=day,
                department=data["source"],
                sequence=event["sequence"],
                person=persons.get(event["sequence"]),
                whom=subject.get("name") or subject.get("id_number"),
                detail=str(detail) if detail else None,
                person_only=values["person_only"] is True,
            )
        )
    return found


def overrides(events: Sequence[reading.Item]) -> list[Override]:
    """The decisions that stand in spite of a situation; one whose seal no longer opens still says that it was made."""
    standing: dict[tuple[str, str], Override] = {}
    for event in events:
        data = event["data"]
        if event["type"] == "ExclusionOverridden":
            said = data.get("content") or {}
            standing[data["source"], data["record_id"]] = Override(
                situation=int(said.get("situation") or 0),
                reason=said.get("reason"),
                decided_by=said.get("decided_by"),
                decided_on=date.fromisoformat(event["valid_on"]),
                sequence=event["sequence"],
                source=data["source"],
                record_id=data["record_id"],
            )
        elif event["type"] == "ExclusionOverrideWithdrawn":
            standing.pop((data["source"], data["record_id"]), None)
    return list(standing.values())


def sheet(
    pack: Pack, warnings: Sequence[reading.Item], given: Sequence[Answer], decided: Sequence[Override] = ()
) -> dict[str, Any]:
    """Every situation in the document's order. A department that said nothing is waited for since the household's
    first warning that stands: until then nobody had a reason to ask.
    """
    since = min((row["since"] for row in warnings if row["status"] in ("open", "verified")), default=None)
    rows = []
    counts = dict.fromkeys(STATES, 0)
    for situation in pack.exclusions:
        found = outcome(situation, given, decided)
        counts[found.state] += 1
        rows.append(
            {
                "number": situation.number,
                "what": situation.what,
                "clause": situation.basis.clause,
                "person_only": situation.person_only,
                "state": found.state,
                "state_label": STATES[found.state],
                "answers": _told(found),
                "waiting": [
                    {"department": department(one.department), "looking": one.since is not None, "since": one.since or since}
                    for one in found.waiting
                ],
                "disputed": found.disputed,
                "override": found.override,
                "answered_since": found.answered_since,
            }
        )  # fmt: skip
    overridden = sum(row["state"] == "hit" and row["override"] is not None for row in rows)
    return {
        "rows": rows,
        "counts": counts,
        "overridden": overridden,
        "document": pack.document.number,
        "title": pack.document.title,
    }


def _told(found: Outcome) -> list[dict[str, Any]]:
    return [
        {
            "department": department(one.department),
            "answered_on": one.answered_on,
            "answer": _WORDS[one.answer],
            "whom": one.whom,
            "person_only": one.person_only,
            "detail": one.detail,
        }
        for one in found.answers
    ]


def _persons(conn: Connection, household: UUID) -> dict[int, str]:
    """Of whom each answer is, by the sequence of its event; an answer by the household's number is of nobody."""
    rows = conn.execute(
        "SELECT sequence, data->>'person_key' FROM household_history "
        "WHERE household_id = %s AND data->>'feed' = %s AND data->>'person_key' IS NOT NULL",
        (household, EXCLUSION_ANSWER.slug),
    )
    return dict(rows.fetchall())
