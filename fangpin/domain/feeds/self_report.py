"""self-report: what a household says of itself, or others say of it, by one of the channels; a clue to verify."""

from fangpin.domain.errors import Problem
from fangpin.domain.feeds.base import Feed, Field, Values, in_order
from fangpin.domain.feeds.vocabulary import CHANNELS, RISKS, slugs

_consent_in_order = in_order("signed_on", "until")


def _check(values: Values) -> list[Problem]:
    consent = values.get("consent")
    if not isinstance(consent, dict):
        return []
    return [Problem(one.code, f"consent.{one.field}", one.message) for one in _consent_in_order(consent)]


SELF_REPORT = Feed(
    slug="self-report",
    title="农户自主申报",
    departments=("village", "rural-revitalisation"),
    risk=None,
    risk_field="risk",
    own_date="received_on",
    natural_key=("channel", "ticket_no"),
    fields=(
        Field(
            "channel", "渠道", "enum", symbols=slugs(CHANNELS), labels=CHANNELS, growing=True, doc="By which channel"
        ),
        Field("ticket_no", "受理编号", "text", limit=64, doc="The channel's number of the report"),
        Field("risk", "风险类型", "enum", symbols=slugs(RISKS), labels=RISKS, doc="The risk"),
        Field("statement", "情况说明", "text", doc="What the household says"),
        Field("received_on", "受理日期", "date", doc="Day on which it was received; the date of the fact"),
        Field(
            "consent",
            "授权承诺书",
            "object",
            required=False,
            parts=(
                Field("signed_on", "授权签署日期", "date", doc="Day on which it was signed"),
                Field("scope", "授权范围", "text", doc="What may be checked"),
                Field("until", "授权截止日期", "until", required=False, doc="Last day"),
            ),
            doc="The signed consent",
        ),
    ),
    check=_check,
)
