"""Packs to propose in tests: 双江's own with another id, other days, another line for a hospital stay."""

from datetime import date
from typing import Any

from fangpin.active_policies import digest_of
from fangpin.policies import DIRECTORY
from tests.records import common

OWN = "shuangjiang-2021"
REPORTED = "2021-12-01T09:00:00+08:00"


def pack_text(line: int = 6000, pack: str = "shuangjiang-2022", valid_from: str = "2022-01-01") -> str:
    """双江's pack with another line for a stay, its quotation changed with it."""
    text = (DIRECTORY / f"{OWN}.yaml").read_text(encoding="utf-8")
    for before, after in (
        (f"id: {OWN}\n", f"id: {pack}\n"),
        ("valid_from: 2021-09-28\n", f"valid_from: {valid_from}\n"),
        ('value: "6000.00", as_written: 6000 元以上（含）', f'value: "{line}.00", as_written: {line} 元以上（含）'),
        ("自付费用超过 6000 元以上（含）", f"自付费用超过 {line} 元以上（含）"),
    ):
        assert before in text
        text = text.replace(before, after, 1)
    return text


def cases_text(line: int = 6000, pack: str = "shuangjiang-2022", first: str = "2022-01-01") -> str:
    """双江's boundary table for such a pack, with every case on a day under it."""
    text = (DIRECTORY / f"{OWN}.cases.yaml").read_text(encoding="utf-8")
    for before, after in (("5999.99", f"{line - 1}.99"), ("6000.00", f"{line}.00"), ("6000.01", f"{line}.01")):
        head, income, rest = text.partition("  income-floor:")
        text = head.replace(before, after) + income + rest
    return text.replace(f"pack: {OWN}", f"pack: {pack}").replace("2021-09-28", first)


def proposal(content: str, from_on: str = "2022-01-01", record_id: str = "p-1", **more: Any) -> dict[str, Any]:
    """A proposal of 双江's county officer."""
    pack = content.split("\n", 1)[0].removeprefix("id: ")
    own = {"pack": pack, "from": from_on, "content": content, "reason": "新文件印发", "proposed_by": "county-530925"}
    return common("policy-proposal", record_id, **{"reported_at": REPORTED, **own, **more})


def approval(of: dict[str, Any], record_id: str = "a-1", **more: Any) -> dict[str, Any]:
    """Somebody else's approval of a proposal as it is."""
    digest = digest_of(date.fromisoformat(of["from"]), of["content"].strip())
    own = {"proposal": of["record_id"], "digest": digest, "approved_on": "2021-12-01", "approved_by": "operator"}
    return common("policy-approval", record_id, **{"reported_at": REPORTED, **own, **more})
