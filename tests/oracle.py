"""A naive batch oracle: its own reading of the rules of the five feeds, on plain dictionaries; no code of the hub.

Given every record that was sent, in any order, it says which household × risk must have a warning, on which records it
rests, and what findings made of it. Written to be obviously right, not fast.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

Raw = dict[str, Any]
Key = tuple[str, str, str]  # county, household number, risk
Warnings = dict[Key, list[str]]
Episodes = dict[tuple[str, str, str, int], tuple[str, list[str]]]  # with the episode's number → status, record ids
OWN_DATE = {
    "medical-expense": "settled_on",
    "dangerous-house": "graded_on",
    "unemployment": "last_worked_on",
    "disability": "certified_on",
    "disaster-loss": "struck_on",
}
RISK = {
    "medical-expense": "illness",
    "dangerous-house": "housing",
    "unemployment": "unemployment",
    "disability": "disability",
    "disaster-loss": "disaster",
}
IN_FORCE = {"530925": "2021-09-28", "410922": "2021-03-04"}


STATUS = {"confirmed": "verified", "not-confirmed": "dismissed", "already-helped": "helped"}


def expected(raws: list[Raw], on: Mapping[str, str], documents: Mapping[str, str] | None = None) -> Warnings:
    """(county, household number, risk) → sorted record ids; `on` is each county's date.

    `documents`: of counties that borrow the document of another one, whose it is.
    """
    registers = _registers(_highest(raws))
    found: dict[Key, set[str]] = defaultdict(set)
    for raw, household in _matched(raws):
        county = raw["county_code"]
        if household is None:
            continue
        document = (documents or {}).get(county, county)
        met_on = _met_on(raw, registers[county, household], document)
        if met_on is not None and IN_FORCE[document] <= met_on <= on[county]:
            found[county, household, RISK[raw["feed"]]].add(raw["record_id"])
    return {key: sorted(ids) for key, ids in found.items()}


def episodes(raws: list[Raw], found: Mapping[Key, str], seen: Mapping[Key, Collection[str]]) -> Episodes:
    """Every warning that still stands: the first episodes, and those that follow one which a person has ended.

    `found` are the results of findings on first episodes. Where they cut is a matter of arrival, and so an input:
    `seen` are the records that an episode with a finding had ever rested on when the finding was made.
    """
    wanted: Episodes = {}
    for key, records in expected(raws, civil_dates(raws)).items():
        status = STATUS[found[key]] if key in found else "open"
        if status in ("open", "verified"):
            wanted[*key, 1] = (status, records)
        elif later := sorted(set(records) - set(seen[key])):
            wanted[*key, 2] = ("open", later)
    return wanted


def civil_dates(raws: list[Raw]) -> dict[str, str]:
    """Each county's date: its highest active clock record."""
    found: dict[str, str] = {}
    for raw in _highest(raws):
        if raw["feed"] == "clock":
            found[raw["county_code"]] = max(raw["date"], found.get(raw["county_code"], ""))
    return found


def places(raws: list[Raw]) -> dict[tuple[str, str, str], str | None]:
    """(feed, county, record id) of every fact that holds → the household it belongs to, None for none or for two."""
    return {(raw["feed"], raw["county_code"], raw["record_id"]): household for raw, household in _matched(raws)}


def warning_id(county: str, household_no: str, risk: str, episode: int) -> UUID:
    """The warning's id, which does not depend on the order of arrival."""
    household = uuid5(uuid5(NAMESPACE_URL, "urn:fangpin:county"), f"{county}/{household_no}")
    return uuid5(household, f"warning/{risk}/{episode}")


def _matched(raws: list[Raw]) -> list[tuple[Raw, str | None]]:
    records = _highest(raws)
    registers = _registers(records)
    homes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (county, household_no), states in registers.items():
        for state in states:
            for member in state["members"]:
                homes[county, member["id_number"]].add(household_no)
    return [(raw, _household(raw, registers, homes)) for raw in records if raw["feed"] in OWN_DATE]


def _highest(raws: list[Raw]) -> list[Raw]:
    best: dict[tuple[str, str, str], Raw] = {}
    for raw in raws:
        key = (raw["feed"], raw["county_code"], raw["record_id"])
        if key not in best or raw["revision"] > best[key]["revision"]:
            best[key] = raw
    return [raw for raw in best.values() if raw["status"] == "active"]


def _registers(records: list[Raw]) -> dict[tuple[str, str], list[Raw]]:
    found: dict[tuple[str, str], list[Raw]] = defaultdict(list)
    for raw in records:
        if raw["feed"] == "household-register":
            found[raw["county_code"], raw["household_no"]].append(raw)
    for states in found.values():
        states.sort(key=lambda raw: (raw["occurred_on"], raw["record_id"]))
    return found


def _as_of(states: list[Raw], day: str) -> Raw:
    held = [raw for raw in states if raw["occurred_on"] <= day]
    return held[-1] if held else states[0]


def _household(
    raw: Raw, registers: dict[tuple[str, str], list[Raw]], homes: dict[tuple[str, str], set[str]]
) -> str | None:
    day = raw[OWN_DATE[raw["feed"]]]
    number = raw["subject"].get("id_number")
    named = raw["subject"].get("household_no")
    known = (raw["county_code"], named) in registers
    if number is None:
        return named if known else None
    own = []
    for household_no in homes[raw["county_code"], number]:
        for member in _as_of(registers[raw["county_code"], household_no], day)["members"]:
            left = member.get("left_on") or "9999-12-31"
            if member["id_number"] == number and member["joined_on"] <= day < left:
                own.append(household_no)
    if not own:
        return named if known else None
    if len(own) == 1:
        return own[0]
    return named if named in own else None


def _met_on(raw: Raw, states: list[Raw], document: str) -> str | None:
    """The day on which the county's rule was met by the record; None when it is not."""
    day: str = raw[OWN_DATE[raw["feed"]]]
    if document == "530925":
        return _shuangjiang(raw, day)
    return day if _qingfeng(raw, _as_of(states, day)) else None


def _shuangjiang(raw: Raw, day: str) -> str | None:
    feed = raw["feed"]
    if feed == "medical-expense":
        return day if Decimal(raw["self_paid"]) >= 6000 else None
    if feed == "dangerous-house":
        return day if raw["grade"] in "CD" else None
    if feed == "disability":
        mental = raw["kind"] in (5, 6) or (raw["kind"] == 7 and {5, 6} & set(raw.get("kinds") or ()))
        return day if raw["grade"] <= 2 or mental else None
    if feed == "unemployment" and raw["situation"] == "not-resumed":
        return _a_month_later(raw, day) if raw["migrant"] else None
    return day


def _a_month_later(raw: Raw, day: str) -> str | None:
    last = date.fromisoformat(day)
    year, month = (last.year + 1, 1) if last.month == 12 else (last.year, last.month + 1)
    due = date(year, month, min(last.day, monthrange(year, month)[1])).isoformat()
    resumed = raw.get("resumed_on")
    return None if resumed and resumed < due else due


def _qingfeng(raw: Raw, state: Raw) -> bool:
    feed = raw["feed"]
    if feed == "medical-expense":
        line = 5500 if state["class"] == "out-of-poverty" else 11000
        return Decimal(raw["self_paid"]) > line
    if feed == "dangerous-house":
        return raw["grade"] in "CD"
    if feed == "disability":
        return bool(raw.get("new", True))
    if feed == "disaster-loss":
        hit = {"house-collapsed", "house-damaged", "missing"} & set(raw["damage"])
        return bool(raw["severe"] or raw["deaths"] or raw["missing"] or hit)
    return True
