"""Bad inputs of feed records (the cases F…) through the one validation that intake and correlator share."""

from decimal import Decimal
from typing import Any

import pytest

from fangpin.domain.errors import Refused
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import Record, clear_record_id, content_digest, parse_record
from tests.records import NOW, PERSON, bill, common, household, without_feed


def parse(raw: dict[str, Any]) -> Record:
    return parse_record(FEEDS[raw["feed"]], without_feed(raw), now=NOW)


def codes(raw: dict[str, Any]) -> set[str]:
    with pytest.raises(Refused) as caught:
        parse(raw)
    assert all(problem.message for problem in caught.value.problems)
    return {problem.code for problem in caught.value.problems}


def who(id_number: str) -> dict[str, Any]:
    return bill(subject={"id_number": id_number})


def test_a_valid_bill() -> None:
    record = parse(bill())
    assert record.fields["self_paid"] == Decimal("6234.50")
    assert record.occurred_on.isoformat() == "2021-10-08"
    assert record.notes == ()


def test_F1_checksum() -> None:
    assert codes(who("530925197001019014")) == {"ID_CHECKSUM"}


def test_F2_full_width_digits_are_normalised_and_noted() -> None:
    record = parse(who("５３０９２５１９７００１０１９０１３"))
    assert record.subject.id_number == PERSON
    assert record.notes == ("NORMALISED",)


def test_F3_spaces_and_small_x_are_normalised_hidden_characters_refused() -> None:
    assert parse(who("11010519491231002x")).subject.id_number == "11010519491231002X"
    assert parse(who(" 530925 19700101 9013 ")).subject.id_number == PERSON
    assert codes(who("530925197001\u200b019013")) == {"ID_HIDDEN_CHAR"}


def test_F4_fifteen_digits() -> None:
    assert codes(who("530925700101901")) == {"ID_15"}


@pytest.mark.parametrize("number", ["530925199002310010", "530925209901010010", "530925189001010010"])
def test_F5_impossible_birth_dates(number: str) -> None:
    assert codes(who(number)) == {"ID_DATE"}


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-inf", float("nan"), Decimal("1e400")])
def test_F10_not_finite(amount: object) -> None:
    assert codes(bill(self_paid=amount)) == {"NUM_NOT_FINITE"}


def test_F11_negative() -> None:
    assert codes(bill(self_paid="-1.00")) == {"NUM_NEGATIVE"}


def test_F12_implausible() -> None:
    assert codes(bill(total_cost="2000000.01")) == {"AMOUNT_IMPLAUSIBLE"}
    assert codes(bill(self_paid="30000.01")) == {"AMOUNT_IMPLAUSIBLE"}


@pytest.mark.parametrize("amount", ["1,234.50", "壹佰", "1.005", "12元", "", "+5"])
def test_F13_only_plain_numbers(amount: str) -> None:
    assert codes(bill(self_paid=amount)) <= {"NUM_FORMAT", "MISSING_FIELD"}


def test_F13_full_width_amounts_are_normalised_and_noted() -> None:
    record = parse(bill(self_paid="１２３"))
    assert record.fields["self_paid"] == Decimal("123.00")
    assert record.notes == ("NORMALISED",)


@pytest.mark.parametrize("day", ["2099-01-01", "1900-01-01", "99999-01-01", "infinity"])
def test_F14_time_range(day: str) -> None:
    assert codes(bill(settled_on=day)) == {"TIME_RANGE"}


def test_F15_offset_is_required() -> None:
    assert codes(bill(reported_at="2021-11-01T10:00:00")) == {"TIME_ZONE"}


@pytest.mark.parametrize(("grade", "code"), [(5, "ENUM"), ("五级", "ENUM"), ("2", "TYPE"), (True, "TYPE")])
def test_F21_unknown_enum(grade: object, code: str) -> None:
    """A label that a file's row has in vain stays text, and is no other fault than a number that is none of them."""
    raw = common(
        "disability",
        "d-1",
        subject={"id_number": PERSON},
        certificate_no=PERSON + "35",
        kind=3,
        grade=grade,
        certified_on="2021-10-01",
    )
    assert code in codes(raw)


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\u202eb"])
def test_F22_nul_surrogates_direction(text: str) -> None:
    assert codes(bill(hospital=text)) == {"BAD_TEXT"}


@pytest.mark.parametrize("end", ["\t", "\n", "\r\n", "\r"])
def test_F22_ids_names_and_places_are_one_line_and_what_is_told_may_have_several(end: str) -> None:
    text = f"甲{end}乙"
    assert codes(bill(f"m{end}1")) == {"BAD_TEXT"}
    assert codes(bill(f"m-1{end}")) == {"BAD_TEXT"}
    assert codes(bill(subject={"id_number": PERSON, "name": text})) == {"BAD_TEXT"}
    assert codes(bill(subject={"household_no": text})) == {"BAD_TEXT"}
    assert codes(bill(hospital=text)) == {"BAD_TEXT"}
    assert codes(household(grid=text)) == {"BAD_TEXT"}
    member = {"id_number": PERSON, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"}
    assert codes(household(members=[member | {"name": text}])) == {"BAD_TEXT"}
    assert parse(bill(diagnosis=text)).fields["diagnosis"] == text
    assert clear_record_id(f"m{end}1") is None


def test_F23_long_text() -> None:
    assert codes(bill(diagnosis="长" * 2001)) == {"TEXT_TOO_LONG"}


def test_F24_markup_is_text() -> None:
    assert parse(bill(hospital="<script>alert(1)</script>")).fields["hospital"] == "<script>alert(1)</script>"


def test_unknown_field_is_refused_without_its_value() -> None:
    with pytest.raises(Refused) as caught:
        parse(bill(hiv="positive"))
    assert "positive" not in str([problem.message for problem in caught.value.problems])
    assert codes(bill(hiv="positive")) == {"UNKNOWN_FIELD"}


def test_identity_number_in_a_record_id() -> None:
    assert codes(bill(f"YB-{PERSON}")) == {"PI_IN_RECORD_ID"}


@pytest.mark.parametrize("record_id", [f"YB{PERSON}01", f"{PERSON}7", f"编号{PERSON}"])
def test_identity_number_glued_to_something_in_a_record_id(record_id: str) -> None:
    assert codes(bill(record_id)) == {"PI_IN_RECORD_ID"}


def test_a_long_number_in_a_record_id_is_no_identity_number() -> None:
    assert parse(bill("1" * 64)).record_id == "1" * 64


def test_identity_number_as_a_facts_household_number() -> None:
    assert codes(bill(subject={"household_no": PERSON})) == {"PI_IN_RECORD_ID"}


@pytest.mark.parametrize("field", ["reported_at", "settled_on", "total_cost", "hospital", "record_id", "county_code"])
def test_empty_text_in_a_required_field_is_missing(field: str) -> None:
    assert codes(bill(**{field: ""}) if field != "record_id" else bill("")) == {"MISSING_FIELD"}


@pytest.mark.parametrize("text", ["20211101T100000+0800", "2021-W44-1T10:00:00+08:00", "2021-11-01T10+08:00"])
def test_reported_at_in_another_form_of_iso_8601_is_refused(text: str) -> None:
    assert codes(bill(reported_at=text)) == {"DATE_FORMAT"}


def test_reported_at_as_rfc_3339_may_write_it() -> None:
    assert parse(bill(reported_at="2021-11-01t02:00:00z")).reported_at == parse(bill()).reported_at


@pytest.mark.parametrize("revision", [0, -1, "1", 1.5, True, None])
def test_revisions(revision: object) -> None:
    assert codes(bill(revision=revision)) <= {"TYPE", "MISSING_FIELD"}


def test_occurred_on_agrees_with_the_own_date_and_does_not_stand_in_for_it() -> None:
    assert codes(bill(occurred_on="2021-10-09")) == {"DATE_CONFLICT"}
    raw = bill(occurred_on="2021-10-08")
    assert parse(raw) == parse(bill())
    del raw["settled_on"]
    with pytest.raises(Refused) as caught:
        parse(raw)
    assert [(one.code, one.field) for one in caught.value.problems] == [("MISSING_FIELD", "settled_on")]


def test_a_withdrawal_needs_only_the_common_fields() -> None:
    raw = common("medical-expense", "m-1", status="withdrawn", subject={"id_number": PERSON}, occurred_on="2021-10-08")
    feed = FEEDS["medical-expense"]
    assert content_digest(feed, parse(raw)) == content_digest(feed, parse(bill(status="withdrawn")))


def test_all_faults_are_named_at_once() -> None:
    assert codes(bill(self_paid="x", hospital="", revision=0)) == {"NUM_FORMAT", "MISSING_FIELD", "TYPE"}


def test_subject_is_needed() -> None:
    assert codes(bill(subject={})) == {"SUBJECT_MISSING"}
    assert codes(bill(subject={"name": "示例甲"})) == {"SUBJECT_MISSING"}


def test_register_refuses_an_identity_number_as_household_number() -> None:
    assert "PI_IN_RECORD_ID" in codes(household(PERSON))


def test_register_names_one_household() -> None:
    assert codes(household(subject={"household_no": "H2"})) == {"HH_CONFLICT"}


@pytest.mark.parametrize(
    ("joined_on", "fault"), [("1952-03-01", None), ("1900-01-01", None), ("1899-12-31", "TIME_RANGE")]
)
def test_people_joined_their_households_before_there_were_records(joined_on: str, fault: str | None) -> None:
    raw = household(members=[{"id_number": PERSON, "name": "示例甲", "relation": "户主", "joined_on": joined_on}])
    if fault is None:
        assert parse(raw).subject.household_no == "H1"
    else:
        assert codes(raw) == {fault}
    assert codes(household(occurred_on="1989-12-31")) == {"TIME_RANGE"}


def test_content_ignores_revision_and_time() -> None:
    feed = FEEDS["medical-expense"]
    one = content_digest(feed, parse(bill()))
    assert one == content_digest(feed, parse(bill(revision=7, reported_at="2021-12-01T10:00:00+08:00")))
    assert one != content_digest(feed, parse(bill(self_paid="6234.51")))
