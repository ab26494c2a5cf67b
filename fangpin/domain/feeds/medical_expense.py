"""medical-expense: one settled hospital stay. Thresholds are on `self_paid`, what is left after reimbursement."""

from decimal import Decimal

from fangpin.domain.errors import Problem
from fangpin.domain.feeds.base import BILL_LIMIT, Feed, Field, Values


def _check(values: Values) -> list[Problem]:
    paid, total = values.get("self_paid"), values.get("total_cost")
    if isinstance(paid, Decimal) and isinstance(total, Decimal) and paid > total:
        return [Problem("AMOUNT_IMPLAUSIBLE", "self_paid", f"自付费用 {paid} 大于医疗总费用 {total}，请核对两项金额。")]
    return []


MEDICAL_EXPENSE = Feed(
    slug="medical-expense",
    title="住院医疗费用",
    departments=("medical-insurance",),
    risk="illness",
    own_date="settled_on",
    natural_key=("id_number", "admitted_on", "settled_on", "hospital"),
    fields=(
        Field("admitted_on", "住院日期", "date", doc="Day of admission"),
        Field("settled_on", "结算日期", "date", doc="Day of settlement; the date of the fact"),
        Field("hospital", "医院名称", "text", limit=200, doc="Name of the hospital"),
        Field("total_cost", "医疗总费用", "money", limit=BILL_LIMIT, doc="Whole bill, yuan"),
        Field(
            "in_policy_self_paid", "政策范围内自付费用", "money", limit=BILL_LIMIT, doc="Self-paid within policy, yuan"
        ),
        Field("self_paid", "自付费用", "money", limit=BILL_LIMIT, doc="Self-paid after reimbursement, yuan"),
        Field(
            "diagnosis", "诊断", "text", required=False, hidden=True, doc="Diagnosis; sealed, never shown to a village"
        ),
    ),
    check=_check,
)
