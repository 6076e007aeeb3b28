"""A row that two classifications label together is no row of one of them."""

from __future__ import annotations

from tests.shapes.test_shapes import filing

HEAD = (
    "科目编码 | < | 部门预算支出经济分类科目名称 | 科目编码 | < | 政府预算支出经济分类科目名称 | 基本支出预算 | < | <\n"
    "类 | 款 | ^ | 类 | 款 | ^ | 小计 | 人员支出 | 日常公用支出"
)
OFFICES = "01 基本工资 01 工资奖金津补贴|02 津贴补贴 01 工资奖金津补贴|03 奖金 01 工资奖金津补贴|08 机关事业单位基本养老保险缴费 02 社会保障缴费|09 职业年金缴费 02 社会保障缴费|10 职工基本医疗保险缴费 02 社会保障缴费|13 住房公积金 03 住房公积金"
UNITS = "01 基本工资 01 工资福利支出|02 津贴补贴 01 工资福利支出|03 奖金 01 工资福利支出|07 绩效工资 01 工资福利支出|08 机关事业单位基本养老保险缴费 01 工资福利支出|09 职业年金缴费 01 工资福利支出|10 职工基本医疗保险缴费 01 工资福利支出|13 住房公积金 01 工资福利支出"


def rows(items: str, upper: str, first: int) -> tuple[list[str], int]:
    """The rows of a block, with amounts that tell them apart, and their sum in 万元."""
    out, total = [], 0
    for amount, item in enumerate(items.split("|"), first):
        code, name, other, of = item.split()
        out.append(f"301 | {code} | {name} | {upper} | {other} | {of} | {amount}.00 | {amount}.00 | ")
        total += amount
    return out, total


def test_no_code_stands_for_one_of_its_rows() -> None:
    offices, a = rows(OFFICES, "501", 21)
    units, b = rows(UNITS, "505", 41)
    lines = [
        HEAD,
        f" |  | 合计 |  |  |  | {a + b}.00 | {a + b}.00 | ",
        f"301 |  | 工资福利支出 | 501 |  | 机关工资福利支出 | {a}.00 | {a}.00 | ",
        *offices,
        f"301 |  | 工资福利支出 | 505 |  | 对事业单位经常性补助 | {b}.00 | {b}.00 | ",
        *units,
    ]
    made = filing("一般公共预算基本支出情况表", "单位：万元", "\n".join(lines))
    bound = [fact for fact in made.facts if not fact.address.table.startswith("其他表/")]
    assert {fact.address.row for fact in bound} <= {"合计"}
    assert sum(fact.text == "45.00" for fact in made.facts) == 2
