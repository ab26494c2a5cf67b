"""Every feed by the same tests: what it needs, what it refuses, and that no way there or back changes a record."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fangpin import avro
from fangpin.domain.errors import Refused
from fangpin.domain.feeds import DEPARTMENTS, FEEDS, Feed, Field
from fangpin.domain.records import Record, content_digest, content_json, parse_record, read_content
from fangpin.wire import encode_record
from tests.feed_samples import SAMPLES
from tests.records import NOW, PERSON, Raw, without_feed

HELD_BACK = ("register", "clock", "finding", "proposal", "approval")
SENT = [feed for feed in FEEDS.values() if feed.role not in HELD_BACK]
every_feed = pytest.mark.parametrize("feed", SENT, ids=lambda feed: feed.slug)


def parse(feed: Feed, **changes: Any) -> Record:
    """The sample, with changes; a value of None leaves the field out."""
    raw = {name: value for name, value in SAMPLES[feed.slug].raw(feed.slug, **changes).items() if value is not None}
    return parse_record(feed, without_feed(raw), now=NOW)


def faults(feed: Feed, **changes: Any) -> set[tuple[str, str | None]]:
    with pytest.raises(Refused) as caught:
        parse(feed, **changes)
    assert all(problem.message for problem in caught.value.problems)
    return {(problem.code, problem.field) for problem in caught.value.problems}


def each(choose: Callable[[Field], bool]) -> list[Any]:
    return [
        pytest.param(feed, field, id=f"{feed.slug}.{field.name}")
        for feed in SENT
        for field in feed.fields
        if choose(field)
    ]


def test_every_feed_that_is_sent_has_its_sample() -> None:
    assert set(SAMPLES) == {feed.slug for feed in SENT}
    for feed in SENT:
        assert set(SAMPLES[feed.slug].own) == {field.name for field in feed.fields}


@every_feed
def test_json_to_avro_and_back(feed: Feed) -> None:
    record = parse(feed)
    _, datum = avro.decode(encode_record(record), f"feed.{feed.slug}")
    again = parse_record(feed, datum, now=NOW)
    assert again == record
    assert content_digest(feed, again) == content_digest(feed, record)


@every_feed
def test_sealed_content_is_read_again(feed: Feed) -> None:
    record = parse(feed)
    stored = json.loads(content_json(record))
    assert read_content(feed, stored) == record.fields


@every_feed
def test_occurred_on_may_be_left_to_the_own_date_and_not_the_other_way(feed: Feed) -> None:
    if feed.own_date == "occurred_on":
        assert faults(feed, occurred_on=None) == {("MISSING_FIELD", "occurred_on")}
        return
    day = SAMPLES[feed.slug].own[feed.own_date]
    assert parse(feed).occurred_on.isoformat() == day
    assert parse(feed, occurred_on=day) == parse(feed)
    assert faults(feed, **{feed.own_date: None}, occurred_on=day) == {("MISSING_FIELD", feed.own_date)}
    withdrawal = parse(feed, **{feed.own_date: None}, occurred_on=day, status="withdrawn")
    assert withdrawal == parse(feed, status="withdrawn")
    assert faults(feed, occurred_on="2021-01-01") == {("DATE_CONFLICT", "occurred_on")}


@pytest.mark.parametrize(("feed", "field"), each(lambda field: field.required))
def test_a_required_field_is_missed(feed: Feed, field: Field) -> None:
    found = faults(feed, **{field.name: None})
    assert ("MISSING_FIELD", field.name) in found
    assert {code for code, _ in found} == {"MISSING_FIELD"}


@pytest.mark.parametrize(("feed", "field"), each(lambda field: not field.required))
def test_an_optional_field_is_not_missed(feed: Feed, field: Field) -> None:
    assert parse(feed, **{field.name: None}).fields[field.name] == field.default


@pytest.mark.parametrize(("feed", "field"), each(lambda field: field.kind in ("enum", "enum_list")))
def test_a_word_that_is_none_of_the_enum(feed: Feed, field: Field) -> None:
    value = ["nonesuch"] if field.kind == "enum_list" else "nonesuch"
    assert faults(feed, **{field.name: value}) == {("ENUM", field.name)}
    for slug in field.symbols:
        value = [slug] if field.kind == "enum_list" else slug
        record = parse(feed, **{field.name: value})
        assert avro.decode(encode_record(record))[1]


@pytest.mark.parametrize(("feed", "field"), each(lambda field: field.kind == "int"))
def test_whole_numbers_have_their_bounds(feed: Feed, field: Field) -> None:
    code = "ENUM" if field.labels else "AMOUNT_IMPLAUSIBLE"
    assert faults(feed, **{field.name: int(str(field.limit)) + 1}) == {(code, field.name)}
    assert faults(feed, **{field.name: -1}) == {("ENUM" if field.labels else "NUM_NEGATIVE", field.name)}
    assert faults(feed, **{field.name: "2"}) == {("TYPE", field.name)}


LIMITS = {
    "medical-expense": "2000000",
    "disaster-loss": "10000000",
    "industry-loss": "10000000",
    "forest-damage": "10000000",
    "education-cost": "2000000",
    "assistance": "5000000",
    "income": "5000000",
    "spending": "5000000",
}


@pytest.mark.parametrize(("feed", "field"), each(lambda field: field.kind == "money"))
def test_F11_F12_amounts_are_plausible(feed: Feed, field: Field) -> None:
    limit = LIMITS[feed.slug]
    assert field.limit == Decimal(limit)
    assert ("AMOUNT_IMPLAUSIBLE", field.name) in faults(feed, **{field.name: f"{limit}.01"})
    assert faults(feed, **{field.name: "-0.01"}) == {("NUM_NEGATIVE", field.name)}
    assert faults(feed, **{field.name: "1,000"}) == {("NUM_FORMAT", field.name)}


LONG = {
    "diagnosis", "cause", "reason", "statement", "detail", "text", "note", "content", "cases",
}  # fmt: skip


@pytest.mark.parametrize(("feed", "field"), each(lambda field: field.kind == "text"))
def test_only_long_texts_have_several_lines(feed: Feed, field: Field) -> None:
    if field.name in LONG:
        assert parse(feed, **{field.name: "一行\n二行\t三"}).fields[field.name] == "一行\n二行\t三"
    else:
        assert ("BAD_TEXT", field.name) in faults(feed, **{field.name: "一行\n二行"})


@every_feed
def test_a_withdrawal_needs_only_the_common_fields(feed: Feed) -> None:
    sample = SAMPLES[feed.slug]
    own: Raw = dict.fromkeys(sample.own)
    day = sample.occurred_on or sample.own[feed.own_date]
    bare = parse(feed, **own, status="withdrawn", occurred_on=day)
    assert content_digest(feed, bare) == content_digest(feed, parse(feed, status="withdrawn"))
    assert parse_record(feed, avro.decode(encode_record(bare))[1], now=NOW) == bare


@every_feed
def test_who_a_record_is_about(feed: Feed) -> None:
    if feed.subject == "required":
        assert faults(feed, subject={}) == {("SUBJECT_MISSING", "subject")}
        assert parse(feed, subject={"household_no": "H1"}).subject.household_no == "H1"
        assert parse(feed, subject={"id_number": PERSON}).subject.id_number == PERSON
    if feed.subject == "none":
        assert faults(feed, subject={"household_no": "H1"}) == {("SUBJECT_MISSING", "subject")}
    if feed.role == "county":
        assert parse(feed, subject={}) == parse(feed, subject=None)


def test_feeds_about_an_area_or_a_department_belong_to_no_household() -> None:
    assert {feed.slug for feed in SENT if feed.role == "county"} == {"epidemic-area", "area-event", "nil-return"}


@pytest.mark.parametrize(
    ("slug", "first", "last"),
    [
        ("epidemic-area", "from", "until"),
        ("area-event", "from", "until"),
        ("assistance", "from", "until"),
        ("drinking-water", "found_on", "restored_on"),
        ("school-dropout", "left_on", "returned_on"),
        ("household-alias", "from", "until"),
    ],
)
def test_an_end_does_not_come_before_its_beginning(slug: str, first: str, last: str) -> None:
    day = SAMPLES[slug].own[first]
    assert parse(FEEDS[slug], **{last: day})
    assert parse(FEEDS[slug], **{last: "2100-12-31"})
    assert faults(FEEDS[slug], **{last: "2021-09-30"}) == {("TIME_RANGE", last)}
    assert faults(FEEDS[slug], **{last: "2101-01-01"}) == {("TIME_RANGE", last)}


def test_income_is_of_a_period_and_of_somebody() -> None:
    feed = FEEDS["income"]
    assert parse(feed, period_from="2021-09")
    assert faults(feed, period_from="2021-10") == {("TIME_RANGE", "period_to")}
    assert faults(feed, members=0) == {("AMOUNT_IMPLAUSIBLE", "members")}
    for month in ("2021-13", "2021-9", "2021", 202109):
        assert faults(feed, period_to=month) == {("DATE_FORMAT", "period_to")}


@pytest.mark.parametrize(("year", "code"), [("21", "DATE_FORMAT"), (1989, "TIME_RANGE"), (True, "DATE_FORMAT")])
def test_a_year(year: object, code: str) -> None:
    assert parse(FEEDS["spending"], year="2021") == parse(FEEDS["spending"], year=2021)
    assert faults(FEEDS["spending"], year=year) == {(code, "year")}


@pytest.mark.parametrize(
    ("slug", "name", "good"),
    [
        ("epidemic-area", "village_code", ("530925101", "530925101201")),
        ("area-event", "area_code", ("530925", "530925101", "530925101201")),
    ],
)
def test_areas_are_of_the_records_own_county(slug: str, name: str, good: tuple[str, ...]) -> None:
    for code in good:
        assert parse(FEEDS[slug], **{name: code}).fields[name] == code
    assert faults(FEEDS[slug], **{name: "410922100"}) == {("SCOPE", name)}
    assert faults(FEEDS[slug], **{name: "5309251"}) == {("TYPE", name)}


@pytest.mark.parametrize(
    ("consent", "fault"),
    [
        ({"scope": "核查"}, ("MISSING_FIELD", "consent.signed_on")),
        ({"signed_on": "2021-10-07"}, ("MISSING_FIELD", "consent.scope")),
        ({"signed_on": "2021-10-07", "scope": ""}, ("MISSING_FIELD", "consent.scope")),
        ({"signed_on": "2021-10-07", "scope": "核查", "more": 1}, ("UNKNOWN_FIELD", None)),
        ({"signed_on": "2021-10-07", "scope": "核查", "until": "2021-10-06"}, ("TIME_RANGE", "consent.until")),
        ("signed", ("TYPE", "consent")),
    ],
)
def test_a_consent_is_whole_or_not_there(consent: object, fault: tuple[str, str | None]) -> None:
    assert faults(FEEDS["self-report"], consent=consent) == {fault}
    whole = parse(FEEDS["self-report"], consent={"signed_on": "2021-10-07", "scope": "核查"}).fields["consent"]
    assert whole == {"signed_on": date(2021, 10, 7), "scope": "核查", "until": None}


def test_nothing_can_be_returned_as_nil_but_what_is_reported() -> None:
    assert faults(FEEDS["nil-return"], of_feed="clock") == {("ENUM", "of_feed")}
    assert faults(FEEDS["nil-return"], of_feed="nil-return") == {("ENUM", "of_feed")}
    assert parse(FEEDS["nil-return"], of_feed="household-register")


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("household-alias", "household_no"),
        ("household-alias", "other_no"),
        ("match-decision", "household_no"),
        ("exclusion-override", "household_no"),
    ],
)
def test_a_household_number_is_no_identity_number(slug: str, name: str) -> None:
    own = {"subject": {}} if name == "household_no" else {}
    assert ("PI_IN_RECORD_ID", name) in faults(FEEDS[slug], **{name: PERSON}, **own)


def test_departments_of_the_contract() -> None:
    every = set(DEPARTMENTS) - {"hub", "county"}
    shared = {
        "house-defect": {"housing", "village"},
        "employment-need": {"human-resources", "township"},
        "income": {"township", "statistics"},
        "self-report": {"village", "rural-revitalisation"},
        "household-register": {"public-security", "rural-revitalisation"},
        **dict.fromkeys(("suspected-household", "exclusion-answer", "area-event", "nil-return"), every),
    }
    assert {slug: set(feed.departments) for slug, feed in FEEDS.items() if len(feed.departments) > 1} == shared
    hubs = {slug for slug, feed in FEEDS.items() if feed.departments == ("hub",)}
    assert hubs == {"clock", "policy-proposal", "policy-approval"}
    alone = {
        slug: feed.departments[0]
        for slug, feed in FEEDS.items()
        if len(feed.departments) == 1 and slug not in ("policy-proposal", "policy-approval")
    }
    assert alone == {
        "medical-expense": "medical-insurance",
        "serious-disease": "health",
        "epidemic-area": "health",
        "dangerous-house": "housing",
        "unemployment": "human-resources",
        "disability": "disabled-federation",
        "disaster-loss": "emergency",
        "industry-loss": "agriculture",
        "forest-damage": "forestry",
        "drinking-water": "water",
        "school-dropout": "education",
        "education-cost": "education",
        "traffic-accident": "public-security",
        "crime-victim": "public-security",
        "assistance": "civil-affairs",
        "spending": "township",
        "clock": "hub",
        "finding": "village",
        **dict.fromkeys(("household-alias", "match-decision", "exclusion-override"), "county"),
    }
