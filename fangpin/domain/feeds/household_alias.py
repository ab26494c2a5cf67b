"""household-alias: by which other number a department knows a household of the register (公安户号, 建档立卡编号)."""

from fangpin.domain.errors import Problem
from fangpin.domain.feeds.base import DEPARTMENTS, Feed, Field, Values, in_order
from fangpin.domain.feeds.numbers import no_identity_number

KINDS = {
    "公安户号": "police",
    "建档立卡编号": "poverty-file",
    "低保证编号": "subsistence-certificate",
    "其他编号": "other",
}
USERS = {title: slug for slug, title in DEPARTMENTS.items()}

_in_order = in_order("from", "until")
_no_identity_number = no_identity_number({"household_no": "户编号", "other_no": "对应编号"})


def _check(values: Values) -> list[Problem]:
    return [*_in_order(values), *_no_identity_number(values)]


HOUSEHOLD_ALIAS = Feed(
    slug="household-alias",
    title="户号对照",
    departments=("county",),
    risk=None,
    own_date="from",
    natural_key=("kind", "other_no", "household_no", "from"),
    subject="household",
    role="alias",
    fields=(
        Field("household_no", "户编号", "text", limit=64, doc="The register's number of the household"),
        Field(
            "kind",
            "编号类别",
            "enum",
            symbols=tuple(KINDS.values()),
            labels=KINDS,
            growing=True,
            doc="Which number the other one is",
        ),
        Field("other_no", "对应编号", "text", limit=64, doc="The other number"),
        Field(
            "used_by",
            "使用部门",
            "enum",
            required=False,
            symbols=tuple(USERS.values()),
            labels=USERS,
            growing=True,
            doc="The department that uses it; without one, any",
        ),
        Field("from", "开始日期", "date", doc="First day on which it holds"),
        Field("until", "结束日期", "until", required=False, doc="Last day"),
        Field(
            "reason", "理由", "text", required=False, doc="How it is known: of a withdrawal, why it is not so; sealed"
        ),
        Field("decided_by", "决定人", "text", required=False, limit=100, hub_filled=True, doc="The officer's name"),
    ),
    check=_check,
)
