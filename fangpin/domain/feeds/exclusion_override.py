"""exclusion-override: why a household may be monitored although a situation of the ten was found (双江 2021 二（三）).

A person's decision, with the reason in writing; the hub draws no conclusion from it, and none from its absence.
"""

from fangpin.domain.feeds.base import Feed, Field
from fangpin.domain.feeds.exclusion_answer import SITUATIONS
from fangpin.domain.feeds.numbers import no_identity_number

EXCLUSION_OVERRIDE = Feed(
    slug="exclusion-override",
    title="排除情形专门说明",
    departments=("county",),
    risk=None,
    own_date="decided_on",
    natural_key=("household_no", "situation"),
    subject="household",
    role="override",
    fields=(
        Field("household_no", "户编号", "text", limit=64, doc="The register's number of the household"),
        Field("situation", "情形", "int", least=1, limit=10, labels=SITUATIONS, doc="The situation, 1 to 10"),
        Field("reason", "理由", "text", doc="Why: of a withdrawal, why it no longer holds; sealed"),
        Field("decided_by", "决定人", "text", required=False, limit=100, hub_filled=True, doc="The officer's name"),
        Field("decided_on", "决定日期", "date", doc="Day of the decision"),
    ),
    check=no_identity_number({"household_no": "户编号"}),
    events={
        "SignalRecorded": "ExclusionOverridden",
        "SignalCorrected": "ExclusionOverridden",
        "SignalWithdrawn": "ExclusionOverrideWithdrawn",
        "SignalMoved": "ExclusionOverrideWithdrawn",
    },
)
