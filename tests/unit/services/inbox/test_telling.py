"""Every feed is told to an officer in Chinese, from its description."""

import re

import pytest

from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from services.inbox.telling import facts
from tests.feed_samples import SAMPLES
from tests.records import NOW, without_feed


@pytest.mark.parametrize("slug", SAMPLES)
def test_a_record_is_told_without_slugs(slug: str) -> None:
    feed = FEEDS[slug]
    fields = parse_record(feed, without_feed(SAMPLES[slug].raw(slug)), now=NOW).content()["fields"]
    assert isinstance(fields, dict)
    shown = {name: value for name, value in fields.items() if not (found := feed.field(name)) or not found.hidden}
    told = dict(facts(feed, shown))
    assert len(told) == len(shown)
    assert not re.search(r"[a-z]{3}|True|False|None|\{", str(list(told.values())))


def test_amounts_have_their_unit_and_a_consent_its_parts() -> None:
    told = dict(facts(FEEDS["self-report"], SAMPLES["self-report"].own))
    assert told["授权承诺书"] == "授权签署日期 2021-10-07、授权范围 家庭财产核查、授权截止日期 2022-10-07"
    told = dict(facts(FEEDS["forest-damage"], SAMPLES["forest-damage"].own))
    assert (told["损失金额"], told["面积（亩）"]) == ("8000.00元", "12.50")
    assert dict(facts(FEEDS["income"], SAMPLES["income"].own))["家庭人口"] == "4"
