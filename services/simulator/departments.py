"""Invented records of all departments: amounts at and around each line, corrections, withdrawals, strangers."""

from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime, timedelta
from random import Random

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds import FEEDS
from fangpin.domain.identity import check_character
from services.simulator.chance import Chance, Record
from services.simulator.feeds import PLAYED, sender

SENT_AGAIN, CORRECTED = 0.02, 0.03  # of all records
WITHDRAWN = 0.4  # of what is corrected
STRANGERS = 0.01
TRIES = 200  # then the register has nobody of that age, and anybody will do


def simulate_records(
    county_code: str,
    register: Sequence[Record],
    seed: int,
    start: date,
    end: date,
    count: int,
    feeds: Set[str] = frozenset(PLAYED),
) -> Iterator[Record]:
    """`count` records of these feeds in the order of the days on which they are reported, from `start` to `end`."""
    random = Random(f"{county_code}/{seed}/records")
    slugs = [slug for slug in PLAYED if slug in feeds]
    shares = [PLAYED[slug].share_in(county_code) for slug in slugs]
    span = (end - start).days + 1
    made: list[tuple[Record, Record, Record]] = []  # with the family and the person
    for number in range(count):
        day = start + timedelta(days=number * span // count)
        chance = random.random()
        if made and chance < SENT_AGAIN:
            yield {**random.choice(made)[0]}
            continue
        if made and chance < SENT_AGAIN + CORRECTED:
            yield _again(random, *random.choice(made), day)
            continue
        slug = random.choices(slugs, shares)[0]
        family, who = _somebody(random, county_code, register, PLAYED[slug].ages, day)
        record = _one(Chance(random, county_code), slug, family, who, day, number)
        made.append((record, family, who))
        yield record


def _somebody(
    random: Random, county_code: str, register: Sequence[Record], ages: tuple[int, int], day: date
) -> tuple[Record, Record]:
    """A family and one of its members of that age; now and then a person whom no register knows."""
    if random.random() < STRANGERS:
        first = f"{county_code}19680214{random.randrange(1000):03d}"
        return random.choice(register), {"id_number": first + check_character(first), "name": "外来人员"}
    least, most = ages
    for _ in range(TRIES):
        family = random.choice(register)
        members = [one for one in family["members"] if least <= day.year - int(one["id_number"][6:10]) <= most]
        if members:
            return family, random.choice(members)
    return family, random.choice(family["members"])


def _one(chance: Chance, slug: str, family: Record, who: Record, day: date, number: int) -> Record:
    played, feed = PLAYED[slug], FEEDS[slug]
    fields = played.make(chance, family, who, day)
    subject = {
        "person": {"id_number": who["id_number"], "name": who["name"]},
        "household": {"household_no": family["household_no"]},
        "nobody": {},
    }[played.about]
    return {
        "feed": slug,
        "record_id": f"{played.prefix}{day:%Y%m%d}-{number:06d}",
        "revision": 1,
        "status": "active",
        "county_code": family["county_code"],
        "occurred_on": fields[feed.own_date],
        "reported_at": _reported(chance.random, day),
        "subject": subject,
        **fields,
    }


def _reported(random: Random, day: date) -> str:
    seconds = timedelta(seconds=random.randrange(9 * 3600, 17 * 3600))
    return (datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + seconds).isoformat()


def _again(random: Random, record: Record, family: Record, who: Record, day: date) -> Record:
    """A withdrawal, or a correction: the fact told anew, its amounts at a line."""
    again = {**record, "revision": record["revision"] + 1, "reported_at": _reported(random, day)}
    if random.random() < WITHDRAWN:
        return again | {"status": "withdrawn"}
    chance = Chance(random, record["county_code"], at_line=1.0)
    feed, told = FEEDS[record["feed"]], date.fromisoformat(record["reported_at"][:10])
    common = {name: value for name, value in again.items() if feed.field(name) is None}
    fields = PLAYED[feed.slug].make(chance, family, who, told)
    told_anew = {**common, "occurred_on": fields[feed.own_date], **fields}
    return told_anew if sender(told_anew) == sender(record) else again  # a department corrects what is its own
