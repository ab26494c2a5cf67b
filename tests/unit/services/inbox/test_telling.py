"""Every event as a sentence, every feed in Chinese from its description."""

import json
import re
from typing import Any

import pytest

from fangpin.domain.feeds import FEEDS, Feed
from fangpin.domain.records import content_json, parse_record
from services.inbox.telling import facts, lane, notes_of, tell
from tests.feed_samples import SAMPLES
from tests.records import NOW, without_feed


def _names_of_officers(feed: Feed) -> set[str]:
    return {field.column for field in feed.fields if field.hub_filled}


@pytest.mark.parametrize("slug", SAMPLES)
def test_a_record_is_told_without_slugs(slug: str) -> None:
    feed = FEEDS[slug]
    fields = json.loads(content_json(parse_record(feed, without_feed(SAMPLES[slug].raw(slug)), now=NOW)))["fields"]
    assert isinstance(fields, dict)
    shown = {name: value for name, value in fields.items() if not (found := feed.field(name)) or not found.hidden}
    told = dict(facts(feed, shown))
    assert len(told) == len(shown)
    told = {column: text for column, text in told.items() if column not in _names_of_officers(feed)}
    assert not re.search(r"[a-z]{3}|True|False|None|\{", str(list(told.values())))


def test_amounts_have_their_unit_and_a_consent_its_parts() -> None:
    told = dict(facts(FEEDS["self-report"], SAMPLES["self-report"].own))
    assert told["授权承诺书"] == "授权签署日期 2021-10-07、授权范围 家庭财产核查、授权截止日期 2022-10-07"
    told = dict(facts(FEEDS["forest-damage"], SAMPLES["forest-damage"].own))
    assert (told["损失金额"], told["面积（亩）"]) == ("8000.00元", "12.50")
    assert dict(facts(FEEDS["income"], SAMPLES["income"].own))["家庭人口"] == "4"


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


def test_a_record_is_told_by_the_columns_of_its_feed() -> None:
    content = {
        "subject": {"name": "示例甲"},
        "situation": "not-resumed",
        "migrant": True,
        "last_worked_on": "2021-09-01",
    }
    told = tell(event("SignalRecorded", feed="unemployment", source="human-resources", content=content), {})
    assert told == (
        "人力资源和社会保障局报送失业与未复工（示例甲：情形 未复工，原外出务工 是，末次务工日期 2021-09-01）"
    )


@pytest.mark.parametrize("slug", sorted(FEEDS))
def test_every_feed_can_be_told_and_hides_what_is_hidden(slug: str) -> None:
    feed = FEEDS[slug]
    shown = {field.name: "值" for field in feed.fields if not field.hidden}
    assert all(column for column, _ in facts(feed, shown))
    told = tell(event("SignalRecorded", feed=slug, source="housing", content={}), {})
    assert told == f"住房和城乡建设局报送{feed.title}"


def test_diagnoses_are_hidden_by_either_name() -> None:
    hidden = {field.name for feed in FEEDS.values() for field in feed.fields if field.hidden}
    assert {"diagnosis", "disease", "certificate_no"} <= hidden


def test_an_event_that_is_new_to_the_pages_is_told_too() -> None:
    assert tell(event("HelpBegan"), {}) == "其他变化（HelpBegan）"
    assert lane("HelpBegan") == "record"


def test_warnings_and_findings_in_the_county_s_words() -> None:
    risks = {"unemployment": "就业困难"}
    raised = event("WarningRaised", risk="unemployment", evidence=[{}, {}])
    assert tell(raised, risks) == "产生就业困难预警，依据2条"
    gone = event("WarningWithdrawn", risk="unemployment", evidence=[], reason="withdrawn")
    assert tell(gone, risks) == "就业困难预警撤回：部门撤回了记录"
    found = event("FindingRecorded", risk="unemployment", result="confirmed", effective=False, note="已走访")
    assert tell(found, risks) == "核实就业困难预警：属实：已走访（已有后续预警，本结果只作记录）"


def test_notes_that_nobody_in_the_village_can_act_on_are_left_out() -> None:
    assert notes_of({"notes": ["NORMALISED", "PERSON_DEAD"]}) == ["此人登记为已去世"]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("WarningRaised", "产生因病预警，依据1条（政策调整，按政策包 p-2 启用后的政策重新判定）"),
        ("WarningShrank", "因病预警减少依据，余1条（政策调整，按政策包 p-2 启用后的政策重新判定）"),
        ("WarningWithdrawn", "因病预警撤回：政策调整，按政策包 p-2 启用后的政策重新判定"),
    ],
)
def test_a_change_of_policy_is_told_as_the_reason(kind: str, told: str) -> None:
    event = {"type": kind, "data": {"risk": "illness", "reason": "policy:p-2", "evidence": [{}]}}
    assert tell(event, {"illness": "因病"}) == told
