"""One record of each feed that departments send, as JSON and as the row of a Chinese file that says the same.

Columns and labels are written out here by hand, from the contract of the feeds, so that a test sees when they move.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.records import PERSON, Raw, common

HOUSEHOLD = {"household_no": "H1"}


@dataclass(frozen=True, slots=True)
class Sample:
    """`own`: the feed's fields; `cells`: column → text of a CSV. `occurred_on` where the feed has no date of its own."""

    own: Raw
    cells: dict[str, str]
    subject: Raw = field(default_factory=lambda: {"id_number": PERSON})
    occurred_on: str | None = None

    def raw(self, feed: str, **more: Any) -> Raw:
        """The whole record as JSON, with its feed."""
        dated = {} if self.occurred_on is None else {"occurred_on": self.occurred_on}
        return common(feed, **{"record_id": "r-1", "subject": self.subject, **dated, **self.own, **more})

    def row(self) -> dict[str, str]:
        """The whole row; without the record's id."""
        columns = {"name": "姓名", "id_number": "身份证号", "household_no": "户编号"}
        dated = {} if self.occurred_on is None else {"发生日期": self.occurred_on}
        told = {"修订号": "1", "上报时间": "2021-11-01T10:00:00+08:00"}
        return {**told, **{columns[name]: str(value) for name, value in self.subject.items()}, **dated, **self.cells}


SAMPLES: dict[str, Sample] = {
    "medical-expense": Sample(
        {
            "admitted_on": "2021-10-01",
            "settled_on": "2021-10-08",
            "hospital": "县人民医院",
            "total_cost": "30000.00",
            "in_policy_self_paid": "4000.00",
            "self_paid": "6234.50",
            "diagnosis": "骨折",
        },
        {
            "住院日期": "2021年10月1日",
            "结算日期": "2021/10/8",
            "医院名称": "县人民医院",
            "医疗总费用": "30000",
            "政策范围内自付费用": "4000",
            "自付费用": "6234.5",
            "诊断": "骨折",
        },
    ),
    "serious-disease": Sample(
        {"disease": "肺癌", "listed": True, "diagnosed_on": "2021-10-08"},
        {"病种": "肺癌", "是否30种大病": "是", "确诊日期": "2021-10-08"},
    ),
    "epidemic-area": Sample(
        {"village_code": "530925101", "name": "集中隔离", "from": "2021-10-08", "until": "2022-01-31"},
        {"行政区划代码": "530925101", "事件": "集中隔离", "开始日期": "2021/10/8", "结束日期": "2022/1/31"},
        subject={},
    ),
    "dangerous-house": Sample(
        {"house_no": "F-1", "grade": "C", "cause": "暴雨", "graded_on": "2021-10-08"},
        {"房屋编号": "F-1", "危房等级": "C级", "原因": "暴雨", "认定日期": "2021/10/8"},
        subject=HOUSEHOLD,
    ),
    "house-defect": Sample(
        {"house_no": "F-1", "defect": "draughty", "found_on": "2021-10-08", "renovation": False},
        {"房屋编号": "F-1", "隐患": "透风", "发现日期": "2021/10/8", "符合危改条件": "否"},
        subject=HOUSEHOLD,
    ),
    "unemployment": Sample(
        {
            "situation": "not-resumed",
            "migrant": True,
            "last_worked_on": "2021-09-08",
            "resumed_on": "2021-12-01",
            "reason": "工厂停工",
        },
        {
            "情形": "未复工",
            "原外出务工": "是",
            "末次务工日期": "2021/9/8",
            "复工日期": "2021/12/1",
            "原因": "工厂停工",
        },
    ),
    "employment-need": Sample(
        {"month": "2021-10", "wants": "both", "guided": 1, "trained": 0, "offers": 3},
        {"月份": "2021年10月", "需求": "就业和培训", "就业指导次数": "1", "培训次数": "0", "推荐岗位数": "3"},
        occurred_on="2021-10-20",
    ),
    "disability": Sample(
        {
            "certificate_no": PERSON + "72",
            "kind": 7,
            "kinds": [5, 6],
            "grade": 2,
            "certified_on": "2021-10-08",
            "new": False,
        },
        {
            "残疾人证号": PERSON + "72",
            "残疾类别": "多重",
            "多重残疾类别": "智力、精神",
            "残疾等级": "二级",
            "发证日期": "2021/10/8",
            "新增办证": "否",
        },
    ),
    "disaster-loss": Sample(
        {
            "hazard": "debris-flow",
            "damage": ["crop", "house-collapsed"],
            "loss_amount": "12000.00",
            "deaths": 0,
            "missing": 1,
            "severe": True,
            "struck_on": "2021-10-08",
        },
        {
            "灾种": "泥石流",
            "受灾情况": "房屋倒塌、农作物受灾",
            "损失金额": "12000",
            "死亡人数": "0",
            "失踪人数": "1",
            "重灾户": "是",
            "受灾日期": "2021/10/8",
        },
        subject=HOUSEHOLD,
    ),
    "industry-loss": Sample(
        {
            "project": "茶叶种植",
            "cause": "pest",
            "outcome": "total-loss",
            "loss_amount": "8000.00",
            "found_on": "2021-10-08",
        },
        {"产业项目": "茶叶种植", "原因": "病虫害", "结果": "绝收", "损失金额": "8000", "发现日期": "2021/10/8"},
        subject=HOUSEHOLD,
    ),
    "forest-damage": Sample(
        {"hazard": "forest-fire", "area_mu": "12.50", "loss_amount": "8000.00", "found_on": "2021-10-08"},
        {"灾害": "森林火灾", "面积（亩）": "12.5", "损失金额": "8000", "发现日期": "2021/10/8"},
        subject=HOUSEHOLD,
    ),
    "drinking-water": Sample(
        {
            "quality": True,
            "quantity": False,
            "convenience": True,
            "reliability": False,
            "found_on": "2021-10-08",
            "restored_on": "2021-10-20",
        },
        {
            "水质": "达标",
            "水量": "不达标",
            "取水方便程度": "达标",
            "供水保证率": "不达标",
            "发现日期": "2021/10/8",
            "恢复日期": "2021/10/20",
        },
        subject=HOUSEHOLD,
    ),
    "school-dropout": Sample(
        {"stage": "junior", "school": "示例中学", "left_on": "2021-10-08", "returned_on": "2021-11-15"},
        {"学段": "初中", "学校": "示例中学", "辍学日期": "2021/10/8", "复学日期": "2021/11/15"},
    ),
    "education-cost": Sample(
        {
            "stage": "university",
            "school": "示例大学",
            "school_kind": "coastal-public",
            "self_paid": "18000.00",
            "burden_high": True,
            "school_year": "2021-2022",
            "reported_on": "2021-10-08",
        },
        {
            "学段": "本科",
            "学校": "示例大学",
            "学校类别": "沿海公办",
            "自费金额": "18000",
            "自费过高": "是",
            "学年": "2021-2022",
            "报送日期": "2021/10/8",
        },
    ),
    "traffic-accident": Sample(
        {"outcome": "seriously-injured", "happened_on": "2021-10-08", "key_labour": True},
        {"伤亡情况": "重伤", "事故日期": "2021/10/8", "重要劳动力": "是"},
    ),
    "crime-victim": Sample(
        {"outcome": "disabled", "happened_on": "2021-10-08", "key_labour": False},
        {"伤亡情况": "致残", "案发日期": "2021/10/8", "重要劳动力": "否"},
    ),
    "assistance": Sample(
        {"kind": "destitute", "from": "2021-10-01", "until": "2022-09-30", "amount": "900.00"},
        {"救助类别": "特困供养", "开始日期": "2021/10/1", "结束日期": "2022/9/30", "金额": "900"},
    ),
    "income": Sample(
        {
            "period_from": "2020-10",
            "period_to": "2021-09",
            "members": 4,
            "wage": "20000.00",
            "business": "8000.00",
            "asset_dividend": "300.00",
            "other_property": "1.00",
            "family_planning": "2.00",
            "subsistence": "3.00",
            "destitute": "4.00",
            "pension": "1500.00",
            "eco_compensation": "5.00",
            "other_transfer": "6.00",
            "business_cost": "2500.00",
            "expected_rest": "4000.00",
            "livelihood_unstable": True,
            "surveyed_on": "2021-10-08",
        },
        {
            "起始月": "2020-10",
            "截止月": "2021/9",
            "家庭人口": "4",
            "C1工资性收入": "20000",
            "C2经营性收入": "8000",
            "C3-1": "300",
            "C3-2": "1",
            "C4-1": "2",
            "C4-2": "3",
            "C4-3": "4",
            "C4-4": "1500",
            "C4-5": "5",
            "C4-6": "6",
            "C5经营性支出": "2500",
            "预计余下月份收入": "4000",
            "产业就业不稳定": "是",
            "采集日期": "2021/10/8",
        },
        subject=HOUSEHOLD,
    ),
    "spending": Sample(
        {
            "year": 2021,
            "medical": "9000.00",
            "education": "4000.00",
            "housing": "0.00",
            "other_rigid": "500.00",
            "last_year_income": "26000.00",
            "surveyed_on": "2021-10-08",
        },
        {
            "年度": "2021年",
            "医疗支出": "9000",
            "教育支出": "4000",
            "住房支出": "0",
            "其他刚性支出": "500",
            "上年度家庭收入": "26000",
            "采集日期": "2021/10/8",
        },
        subject=HOUSEHOLD,
    ),
    "suspected-household": Sample(
        {
            "risk": "business-failure",
            "reason": "养殖失败",
            "month": "2021-10",
            "found_on": "2021-10-08",
            "channel": "media",
        },
        {
            "风险类型": "因产业失败",
            "情况说明": "养殖失败",
            "月份": "2021-10",
            "筛查日期": "2021/10/8",
            "渠道": "媒体",
        },
        subject=HOUSEHOLD,
    ),
    "self-report": Sample(
        {
            "channel": "12317",
            "ticket_no": "T-1",
            "risk": "illness",
            "statement": "住院花费大",
            "received_on": "2021-10-08",
            "consent": {"signed_on": "2021-10-07", "scope": "家庭财产核查", "until": "2022-10-07"},
        },
        {
            "渠道": "12317",
            "受理编号": "T-1",
            "风险类型": "因病",
            "情况说明": "住院花费大",
            "受理日期": "2021/10/8",
            "授权签署日期": "2021/10/7",
            "授权范围": "家庭财产核查",
            "授权截止日期": "2022/10/7",
        },
    ),
    "exclusion-answer": Sample(
        {
            "situation": 9,
            "answer": "unknown",
            "detail": "待法院回复",
            "person_only": True,
            "answered_on": "2021-10-08",
        },
        {"情形": "9", "核查结果": "待核", "说明": "待法院回复", "仅限个人": "是", "核查日期": "2021/10/8"},
        subject=HOUSEHOLD,
    ),
    "area-event": Sample(
        {
            "kind": "price-fall",
            "area_code": "530925",
            "from": "2021-10-08",
            "until": "2021-12-31",
            "text": "茶叶价格持续下滑",
        },
        {
            "事件类别": "农产品价格下滑",
            "行政区划代码": "530925",
            "开始日期": "2021/10/8",
            "结束日期": "2021/12/31",
            "说明": "茶叶价格持续下滑",
        },
        subject={},
    ),
    "nil-return": Sample(
        {
            "of_feed": "traffic-accident",
            "month": "2021-10",
            "declared_on": "2021-10-08",
            "declared_by": "示例乙",
        },
        {"报送事项": "交通事故", "月份": "2021-10", "申报日期": "2021/10/8", "申报人": "示例乙"},
        subject={},
    ),
    "household-alias": Sample(
        {
            "household_no": "H1",
            "kind": "police",
            "other_no": "G-9",
            "used_by": "public-security",
            "from": "2021-10-08",
            "until": "2021-12-31",
            "reason": "与户口簿核对",
            "decided_by": "county",
        },
        {
            "编号类别": "公安户号",
            "对应编号": "G-9",
            "使用部门": "公安局",
            "开始日期": "2021/10/8",
            "结束日期": "2021/12/31",
            "理由": "与户口簿核对",
        },
        subject=HOUSEHOLD,
    ),
    "exclusion-override": Sample(
        {
            "household_no": "H1",
            "situation": 3,
            "reason": "车辆已报废",
            "decided_by": "county",
            "decided_on": "2021-10-08",
        },
        {"情形": "3", "理由": "车辆已报废", "决定日期": "2021/10/8"},
        subject=HOUSEHOLD,
    ),
    "match-decision": Sample(
        {
            "of_feed": "medical-expense",
            "of_source": "medical-insurance",
            "of_record_id": "m-1",
            "household_no": "H1",
            "reason": "户主之女，户口未迁",
            "decided_by": "county",
            "decided_on": "2021-10-08",
        },
        {
            "数据类别": "住院医疗费用",
            "报送部门": "medical-insurance",
            "对应记录编号": "m-1",
            "理由": "户主之女，户口未迁",
            "决定日期": "2021/10/8",
        },
        subject=HOUSEHOLD,
    ),
}
