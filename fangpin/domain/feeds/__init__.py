"""The feeds of the hub, one file each. To add one: docs/guides/adding-a-feed.md."""

from collections.abc import Mapping
from types import MappingProxyType

from fangpin.domain.feeds.area_event import AREA_EVENT
from fangpin.domain.feeds.assistance import ASSISTANCE
from fangpin.domain.feeds.base import DEPARTMENTS, LOCAL_DEPARTMENTS, Feed, Field
from fangpin.domain.feeds.clock import CLOCK
from fangpin.domain.feeds.crime_victim import CRIME_VICTIM
from fangpin.domain.feeds.dangerous_house import DANGEROUS_HOUSE
from fangpin.domain.feeds.disability import DISABILITY
from fangpin.domain.feeds.disaster_loss import DISASTER_LOSS
from fangpin.domain.feeds.drinking_water import DRINKING_WATER
from fangpin.domain.feeds.education_cost import EDUCATION_COST
from fangpin.domain.feeds.employment_need import EMPLOYMENT_NEED
from fangpin.domain.feeds.epidemic_area import EPIDEMIC_AREA
from fangpin.domain.feeds.exclusion_answer import EXCLUSION_ANSWER
from fangpin.domain.feeds.exclusion_override import EXCLUSION_OVERRIDE
from fangpin.domain.feeds.finding import FINDING
from fangpin.domain.feeds.forest_damage import FOREST_DAMAGE
from fangpin.domain.feeds.house_defect import HOUSE_DEFECT
from fangpin.domain.feeds.household_alias import HOUSEHOLD_ALIAS
from fangpin.domain.feeds.household_register import HOUSEHOLD_REGISTER
from fangpin.domain.feeds.income import INCOME
from fangpin.domain.feeds.industry_loss import INDUSTRY_LOSS
from fangpin.domain.feeds.match_decision import match_decision
from fangpin.domain.feeds.medical_expense import MEDICAL_EXPENSE
from fangpin.domain.feeds.nil_return import nil_return
from fangpin.domain.feeds.policy_approval import POLICY_APPROVAL
from fangpin.domain.feeds.policy_proposal import POLICY_PROPOSAL
from fangpin.domain.feeds.school_dropout import SCHOOL_DROPOUT
from fangpin.domain.feeds.self_report import SELF_REPORT
from fangpin.domain.feeds.serious_disease import SERIOUS_DISEASE
from fangpin.domain.feeds.spending import SPENDING
from fangpin.domain.feeds.suspected_household import SUSPECTED_HOUSEHOLD
from fangpin.domain.feeds.traffic_accident import TRAFFIC_ACCIDENT
from fangpin.domain.feeds.unemployment import UNEMPLOYMENT

_FEEDS = (
    MEDICAL_EXPENSE,
    DANGEROUS_HOUSE,
    UNEMPLOYMENT,
    DISABILITY,
    DISASTER_LOSS,
    HOUSEHOLD_REGISTER,
    CLOCK,
    FINDING,
    SERIOUS_DISEASE,
    EPIDEMIC_AREA,
    HOUSE_DEFECT,
    EMPLOYMENT_NEED,
    INDUSTRY_LOSS,
    FOREST_DAMAGE,
    DRINKING_WATER,
    SCHOOL_DROPOUT,
    EDUCATION_COST,
    TRAFFIC_ACCIDENT,
    CRIME_VICTIM,
    ASSISTANCE,
    INCOME,
    SPENDING,
    SUSPECTED_HOUSEHOLD,
    SELF_REPORT,
    EXCLUSION_ANSWER,
    AREA_EVENT,
    HOUSEHOLD_ALIAS,
    EXCLUSION_OVERRIDE,
    POLICY_PROPOSAL,
    POLICY_APPROVAL,
)
FEEDS: Mapping[str, Feed] = MappingProxyType(
    {feed.slug: feed for feed in (*_FEEDS, nil_return(_FEEDS), match_decision(_FEEDS))}
)

__all__ = ["DEPARTMENTS", "FEEDS", "LOCAL_DEPARTMENTS", "Feed", "Field"]
