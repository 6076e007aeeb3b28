"""Budgets as places print them that no family of forms describes: the layouts are theirs, the figures one small ledger.

A line of a table is its cells with `|` between; `<` is covered by the cell to the left, `^` by the one above.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from auditor.model.document import Document, Paragraph
from auditor.model.facts import Place
from auditor.testing.layouts import Merge, grid_of

if TYPE_CHECKING:
    from auditor.model.document import Grid

# 项 → 人员经费, 公用经费, 项目支出 of the general budget
GENERAL = {
    "2120101": ("320.15", "48.20", "0"),
    "2120199": ("0", "0", "150.00"),
    "2080505": ("41.22", "0", "0"),
    "2080506": ("20.61", "0", "0"),
    "2101101": ("25.30", "0", "0"),
    "2210201": ("38.05", "0", "0"),
}
FUND = {"2120803": ("0", "0", "80.00")}
ECONOMIC = {
    "30101": "150.00",
    "30102": "98.10",
    "30103": "72.05",
    "30108": "41.22",
    "30109": "20.61",
    "30110": "25.30",
    "30113": "38.05",
    "30201": "20.00",
    "30211": "10.20",
    "30228": "18.00",
}
NAMES = {
    "208": "社会保障和就业支出",
    "20805": "行政事业单位养老支出",
    "2080505": "机关事业单位基本养老保险缴费支出",
    "2080506": "机关事业单位职业年金缴费支出",
    "210": "卫生健康支出",
    "21011": "行政事业单位医疗",
    "2101101": "行政单位医疗",
    "212": "城乡社区支出",
    "21201": "城乡社区管理事务",
    "2120101": "行政运行",
    "2120199": "其他城乡社区管理事务支出",
    "21208": "国有土地使用权出让收入安排的支出",
    "2120803": "城市建设支出",
    "221": "住房保障支出",
    "22102": "住房改革支出",
    "2210201": "住房公积金",
    "301": "工资福利支出",
    "30101": "基本工资",
    "30102": "津贴补贴",
    "30103": "奖金",
    "30108": "机关事业单位基本养老保险缴费",
    "30109": "职业年金缴费",
    "30110": "职工基本医疗保险缴费",
    "30113": "住房公积金",
    "302": "商品和服务支出",
    "30201": "办公费",
    "30211": "差旅费",
    "30228": "工会经费",
}
CARRIED = Decimal("10.00")  # of the general budget's project spending, brought forward


@dataclass(frozen=True)
class Page:
    """One table: its title, the remarks above it, its lines."""

    title: str
    lines: str
    remarks: tuple[str, ...] = ("单位：万元",)
    note: str = ""  # below the table

    def grid(self) -> Grid:
        """The grid of cells, merged ones told."""
        marks: dict[str, str | Merge] = {"<": Merge.LEFT, "^": Merge.UP}
        rows = [[cell.strip() for cell in line.split("|")] for line in self.lines.strip().splitlines()]
        return grid_of([[marks.get(text, text) for text in row] for row in rows])


def document(entity: str, year: int, pages: list[Page]) -> Document:
    """The whole disclosure: cover and tables."""
    lines = [
        f"{entity}",
        f"{year}年部门预算",
        "目录",
        *(page.title for page in pages),
        "第一部分 部门概况",
        "第二部分 部门预算表",
    ]
    blocks: list[Paragraph | Grid] = [Paragraph(line, Place()) for line in lines]
    for page in pages:
        blocks += [Paragraph(line, Place()) for line in (page.title, f"部门：{entity}", *page.remarks)]
        blocks.append(page.grid())
        blocks += [Paragraph(page.note, Place())] if page.note else []
    return Document("budget", "", blocks=blocks)


ZERO = Decimal(0)
KINDS = ("人员", "公用", "项目")
Kinds = dict[str, Decimal]  # spending by kind


def text(amount: Decimal) -> str:
    """An amount as print shows it; nothing for zero."""
    return f"{amount:,.2f}" if amount else ""


@cache
def tree(*sources: str) -> dict[str, Kinds]:
    """Every code of the budgets named with its spending by kind, and 合计."""
    return rolled_up({code: row for name in sources for code, row in {"general": GENERAL, "fund": FUND}[name].items()})


def rolled_up(leaves: dict[str, tuple[str, str, str]]) -> dict[str, Kinds]:
    """项 with their 款 and 类, and 合计."""
    rows: dict[str, Kinds] = {"合计": dict.fromkeys(KINDS, ZERO)}
    for code, figures in sorted(leaves.items()):
        for row in ("合计", code[:3], code[:5], code):
            kinds = rows.setdefault(row, dict.fromkeys(KINDS, ZERO))
            for kind, amount in zip(KINDS, figures, strict=True):
                kinds[kind] += Decimal(amount)
    return rows


def amounts(row: Kinds) -> dict[str, str]:
    """The figures of one row by the names that columns give them."""
    staff, public, project = (row[kind] for kind in KINDS)
    return {
        "合计": text(staff + public + project),
        "基本": text(staff + public),
        "人员": text(staff),
        "公用": text(public),
        "项目": text(project),
    }


def code_lines(columns: str, *sources: str, total: str = "|合计", split: bool = False) -> str:
    """The rows of a table of functional codes; `columns` names the figures, `-` for a blank one."""
    out = []
    for code, row in tree(*(sources or ("general",))).items():
        figures = amounts(row)
        cells = ["" if name == "-" else figures[name] for name in columns.split()]
        label = total if code == "合计" else f"{'|'.join(parts(code)) if split else code}|{NAMES[code]}"
        out.append(f"{label}|{'|'.join(cells)}")
    return "\n".join(out)


def parts(code: str) -> tuple[str, str, str]:
    """The three parts of a code."""
    return code[:3], code[3:5], code[5:7]


def economic_lines(columns: str, total: str = "|合计") -> str:
    """The rows of a table of economic codes."""
    rows: dict[str, Decimal] = {}
    for code, figure in ECONOMIC.items():
        for row in ("合计", code[:3], code):
            rows[row] = rows.get(row, ZERO) + Decimal(figure)
    out = []
    for code, amount in rows.items():
        staff = sum((Decimal(a) for c, a in ECONOMIC.items() if c.startswith("301")), ZERO)
        mine = {
            "合计": amount,
            "人员": amount if code.startswith("301") else ZERO,
            "公用": amount if code.startswith("302") else ZERO,
        }
        if code == "合计":
            mine |= {"人员": staff, "公用": amount - staff}
        label = total if code == "合计" else f"{code}|{NAMES[code]}"
        out.append(f"{label}|{'|'.join(text(mine[name]) for name in columns.split())}")
    return "\n".join(out)


def class_lines(columns: str, *sources: str) -> list[str]:
    """Labels and figures of the classes, as the right lane of a summary prints them."""
    numbers = "一二三四五六七八九"
    rows = [(code, row) for code, row in tree(*sources).items() if len(code) == 3]
    out = []
    for number, (code, row) in enumerate(rows):
        figures = amounts(row)
        out.append("|".join([f"{numbers[number]}、{NAMES[code]}", *(figures[name] for name in columns.split())]))
    return out


GENERAL_TOTAL = sum((Decimal(part) for parts_ in GENERAL.values() for part in parts_), ZERO)
FUND_TOTAL = sum((Decimal(part) for parts_ in FUND.values() for part in parts_), ZERO)
TOTAL = GENERAL_TOTAL + FUND_TOTAL


def summary(income: list[tuple[str, Decimal]], expense: list[str], width: int = 1) -> str:
    """Two lanes side by side, the shorter one filled up; the lines of `expense` come with their figures."""
    height = max(len(income), len(expense))
    left = [f"{label}|{text(amount)}" for label, amount in income] + ["|"] * (height - len(income))
    right = expense + ["|" * width] * (height - len(expense))
    return "\n".join(f"{a}|{b}" for a, b in zip(left, right, strict=True))


OWN = GENERAL_TOTAL - CARRIED  # this year's general budget

INCOME = [
    ("一、一般公共预算拨款收入", OWN),
    ("二、政府性基金预算拨款收入", FUND_TOTAL),
    ("三、国有资本经营预算拨款收入", ZERO),
    ("四、财政专户管理资金收入", ZERO),
    ("五、事业收入", ZERO),
    ("六、上级补助收入", ZERO),
    ("七、附属单位上缴收入", ZERO),
    ("八、事业单位经营收入", ZERO),
    ("九、其他收入", ZERO),
    ("本年收入合计", OWN + FUND_TOTAL),
    ("上年结转结余", CARRIED),
    ("收入总计", TOTAL),
]

FISCAL = [
    ("一、本年收入", OWN + FUND_TOTAL),
    ("（一）一般公共预算拨款", OWN),
    ("（二）政府性基金预算拨款", FUND_TOTAL),
    ("（三）国有资本经营预算拨款", ZERO),
    ("二、上年结转", CARRIED),
    ("（一）一般公共预算拨款", CARRIED),
    ("（二）政府性基金预算拨款", ZERO),
    ("（三）国有资本经营预算拨款", ZERO),
    ("", ZERO),
    ("收入总计", TOTAL),
]


def fiscal_lines() -> list[str]:
    """The right lane of 财政拨款收支总表: classes by fund."""
    out = [f"一、本年支出|{text(TOTAL)}|{text(GENERAL_TOTAL)}|{text(FUND_TOTAL)}|"]
    general, fund = tree("general"), tree("fund")
    for number, code in enumerate(sorted(code for code in {*general, *fund} if len(code) == 3 and code.isdigit())):
        a, b = (sum(rows[code].values(), ZERO) if code in rows else ZERO for rows in (general, fund))
        out.append(f"（{'一二三四五六'[number]}）{NAMES[code]}|{text(a + b)}|{text(a)}|{text(b)}|")
    out += ["||||"] * (len(FISCAL) - 2 - len(out))
    return [*out, "二、结转下年||||", f"支出总计|{text(TOTAL)}|{text(GENERAL_TOTAL)}|{text(FUND_TOTAL)}|"]


def beijing() -> list[Page]:
    """北京：财政部统一表样，收入总表按单位列示，基本支出分人员经费和公用经费。"""
    blank = "|" * 5
    unit = [text(TOTAL), text(OWN + FUND_TOTAL), text(OWN), text(FUND_TOTAL)]
    unit += [""] * 7 + [text(CARRIED), text(CARRIED)] + [""] * 4
    expense = [
        *class_lines("合计", "general", "fund"),
        *["|"] * 5,
        f"本年支出合计|{text(TOTAL)}",
        "结转下年|",
        f"支出总计|{text(TOTAL)}",
    ]
    sources = "一般公共预算|政府性基金预算|国有资本经营预算|财政专户管理资金"
    return [
        Page("部门收支总表", "收入|<|支出|<\n项目|预算数|项目|预算数\n" + summary(INCOME, expense)),
        Page(
            "部门收入总表",
            f"部门（单位）代码|部门（单位）名称|合计|本年收入{'|<' * 9}|上年结转结余{'|<' * 5}\n"
            f"^|^|^|小计|{sources}|事业收入|事业单位经营收入|上级补助收入|附属单位上缴收入|其他收入|小计|{sources}|单位资金\n"
            f"|合计|{'|'.join(unit)}\n027|城市管理局|{'|'.join(unit)}\n027001|城市管理局本级|{'|'.join(unit)}",
        ),
        Page(
            "部门支出总表",
            "科目编码|科目名称|合计|基本支出|项目支出|事业单位经营支出|上缴上级支出|对附属单位补助支出\n"
            + code_lines("合计 基本 项目", "general", "fund").replace("\n", "|||\n")
            + "|||",
        ),
        Page(
            "项目支出表",
            f"类型|项目名称|项目单位|合计|本年拨款{'|<' * 2}|财政拨款结转结余{'|<' * 2}|财政专户管理资金|单位资金\n"
            f"^|^|^|^|一般公共预算|政府性基金预算|国有资本经营预算|一般公共预算|政府性基金预算|国有资本经营预算|^|^\n"
            f"特定目标类|环境卫生|城市管理局本级|150.00|140.00|||10.00|{blank[:-1]}\n"
            f"特定目标类|城市建设|城市管理局本级|80.00||80.00||{blank}",
        ),
        Page(
            "财政拨款收支总表",
            "收入|<|支出|<|<|<|<\n项目|预算数|项目|合计|一般公共预算|政府性基金预算|国有资本经营预算\n"
            + summary(FISCAL, fiscal_lines(), 4),
        ),
        Page(
            "一般公共预算支出表",
            "支出功能分类科目|<|合计|基本支出|<|<|项目支出\n科目编码|科目名称|^|小计|人员经费|公用经费|^\n"
            + code_lines("合计 基本 人员 公用 项目"),
        ),
        Page(
            "一般公共预算基本支出表",
            "部门预算支出经济分类科目|<|本年一般公共预算基本支出|<|<\n科目编码|科目名称|合计|人员经费|公用经费\n"
            + economic_lines("合计 人员 公用"),
        ),
        Page(
            "政府性基金预算支出表",
            "科目编码|科目名称|本年政府性基金预算支出|<|<\n^|^|合计|基本支出|项目支出\n"
            + code_lines("合计 基本 项目", "fund"),
        ),
        Page(
            "国有资本经营预算支出表",
            "科目编码|科目名称|本年国有资本经营预算支出|<|<\n^|^|合计|基本支出|项目支出\n||||\n|合计|||",
            note="注：本部门2023年没有使用国有资本经营预算拨款安排的支出，故本表为空表。",
        ),
        Page(
            "财政拨款“三公”经费支出表",
            "单位名称|“三公”经费合计|因公出国（境）费|公务接待费|公务用车购置及运行费|<|<\n"
            "^|^|^|^|小计|公务用车购置费|公务用车运行维护费\n"
            "城市管理局本级|12.60||0.60|12.00||12.00",
        ),
    ]


def central() -> list[Page]:
    """中央部门：一般公共预算支出表与上年执行数比较，“三公”经费表并列两年。"""
    lines = []
    for code, row in tree("general").items():
        figures = amounts(row)
        now = sum(row.values(), ZERO)
        before = (now * Decimal("0.9")).quantize(Decimal("0.01"))
        rate = ((now - before) * 100 / before).quantize(Decimal("0.01")) if before else ZERO
        label = "|合计" if code == "合计" else f"{code}|{NAMES[code]}"
        lines.append(
            f"{label}|{text(before)}|{figures['合计']}|{figures['基本']}|{figures['项目']}|{text(now - before)}|{rate}%"
        )
    return [
        Page(
            "一般公共预算支出表",
            "功能分类科目|<|2022年执行数|2023年预算数|<|<|2023年预算数比2022年执行数|<\n"
            "科目编码|科目名称|^|小计|基本支出|项目支出|增减额|增减%\n" + "\n".join(lines),
        ),
        Page(
            "一般公共预算“三公”经费支出表",
            f"2022年预算数{'|<' * 5}|2023年预算数{'|<' * 5}\n"
            f"{'|'.join(['合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费'] * 2)}\n"
            f"{'|'.join(['^|^|小计|公务用车购置费|公务用车运行费|^'] * 2)}\n"
            "14.00||13.00|1.00|12.00|1.00|12.60||12.00||12.00|0.60",
        ),
    ]


def hunan() -> list[Page]:
    """湖南：收支总表四栏并列，支出表按类款项分栏，另有按政府预算经济分类的表。"""
    kinds = tree("general", "fund")["合计"]
    staff, public, project = (kinds[kind] for kind in KINDS)
    income = [(label, amount) for label, amount in INCOME if "合计" not in label and "结转" not in label][:6]
    income += [("本年收入合计", OWN + FUND_TOTAL), ("上年结转结余", CARRIED), ("收入总计", TOTAL)]
    uses = [
        f"一、基本支出|{text(staff + public)}",
        f"工资福利支出|{text(staff)}",
        f"商品和服务支出|{text(public)}",
        "对个人和家庭的补助|",
        f"二、项目支出|{text(project)}",
        "|",
        f"本年支出合计|{text(TOTAL)}",
        "结转下年|",
        f"支出总计|{text(TOTAL)}",
    ]
    state = [
        f"一、机关工资福利支出|{text(staff)}",
        f"二、机关商品和服务支出|{text(public + project)}",
        *["|"] * 4,
        f"本年支出合计|{text(TOTAL)}",
        "结转下年|",
        f"支出总计|{text(TOTAL)}",
    ]
    classes = [
        *class_lines("合计", "general", "fund"),
        *["|"] * 2,
        f"本年支出合计|{text(TOTAL)}",
        "结转下年|",
        f"支出总计|{text(TOTAL)}",
    ]
    four = "\n".join(
        "|".join([f"{label}|{text(amount)}", *rest])
        for (label, amount), *rest in zip(income, classes, uses, state, strict=True)
    )
    return [
        Page(
            "部门收支总表",
            "收入|<|支出|<|<|<|<|<\n项目|本年预算|项目（按功能分类）|本年预算|项目（按部门预算经济分类）|本年预算|"
            "项目（按政府预算经济分类）|本年预算\n" + four,
        ),
        Page(
            "部门支出总表",
            "科目编码|<|<|科目名称|合计|基本支出|项目支出|事业单位经营支出|上缴上级支出|对附属单位补助支出\n"
            "类|款|项|^|^|^|^|^|^|^\n"
            + code_lines("合计 基本 项目", "general", "fund", total="|||合计", split=True).replace("\n", "|||\n")
            + "|||",
        ),
        Page(
            "一般公共预算支出表",
            "科目编码|<|<|科目名称|合计|基本支出|<|<|项目支出\n类|款|项|^|^|小计|人员经费|公用经费|^\n"
            + code_lines("合计 基本 人员 公用 项目", total="|||合计", split=True),
        ),
        Page(
            "一般公共预算基本支出表（按政府预算经济分类）",
            "科目编码|科目名称|合计\n|合计|493.53\n501|机关工资福利支出|445.33\n50101|工资奖金津补贴|320.15\n"
            "50102|社会保障缴费|87.13\n50103|住房公积金|38.05\n502|机关商品和服务支出|48.20\n50201|办公经费|48.20",
        ),
        Page(
            "支出预算分类汇总表（按部门预算经济分类）",
            "科目编码|<|<|单位代码|科目名称|总计|工资福利支出|商品和服务支出|对个人和家庭的补助|资本性支出\n"
            "类|款|项|^|^|^|^|^|^|^\n"
            f"||||合计|{text(GENERAL_TOTAL)}|{text(staff)}|{text(public + 150)}||\n"
            f"|||105236|城市管理局本级|{text(GENERAL_TOTAL)}|{text(staff)}|{text(public + 150)}||\n"
            + "\n".join(
                f"{'|'.join(parts(code))}|105236|{NAMES[code]}|{text(sum(row.values(), ZERO))}|{text(row['人员'])}"
                f"|{text(row['公用'] + row['项目'])}||"
                for code, row in tree("general").items()
                if code != "合计"
            ),
        ),
    ]


def guangdong() -> list[Page]:
    """广东：编码在名称前的方括号里，收支总体情况表按用途列支出。"""

    def bracketed(lines: str) -> str:
        out = []
        for line in lines.splitlines():
            code, name, rest = line.split("|", 2)
            out.append(f"[{code}]{name}|{rest}" if code else f"{name}|{rest}")
        return "\n".join(out)

    kinds = tree("general", "fund")["合计"]
    staff, public, project = (kinds[kind] for kind in KINDS)
    income = [
        ("一、一般公共预算拨款", OWN),
        ("二、政府性基金预算拨款", FUND_TOTAL),
        ("三、财政专户拨款", ZERO),
        ("四、其他资金", ZERO),
        ("本年收入合计", OWN + FUND_TOTAL),
        ("上年结转", CARRIED),
        ("收入总计", TOTAL),
    ]
    uses = [
        f"一、基本支出|{text(staff + public)}",
        f"工资福利支出|{text(staff)}",
        f"商品和服务支出|{text(public)}",
        f"二、项目支出|{text(project)}",
        f"本年支出合计|{text(TOTAL)}",
        "结转下年|",
        f"支出总计|{text(TOTAL)}",
    ]
    return [
        Page("收支总体情况表", "收入|<|支出|<\n项目|预算数|项目|预算数\n" + summary(income, uses)),
        Page(
            "支出总体情况表",
            "功能分类科目|支出合计|基本支出|项目支出\n" + bracketed(code_lines("合计 基本 项目", "general", "fund")),
        ),
        Page(
            "一般公共预算支出情况表（按功能分类科目）",
            "功能分类科目名称|小计|基本支出|项目支出\n" + bracketed(code_lines("合计 基本 项目")),
        ),
        Page(
            "一般公共预算基本支出情况表（按支出经济分类科目）",
            "支出经济分类科目名称|基本支出\n" + bracketed(economic_lines("合计")),
        ),
        Page(
            "政府性基金预算支出情况表",
            "功能分类科目名称|政府性基金预算支出|<|<\n^|小计|基本支出|项目支出\n"
            + bracketed(code_lines("合计 基本 项目", "fund")),
        ),
    ]


def zhejiang() -> list[Page]:
    """浙江：题目带“预算”，以元为单位，支出总表列出每个单位的科目。"""
    shown = ("合计", "人员", "公用", "项目")
    everything = GENERAL | FUND
    second = {code: everything[code] for code in ("2080506", "2120803")}  # a 款 of the first unit, and one of its own
    first = {code: row for code, row in everything.items() if code not in second}
    lines = ["|合计|" + "|".join(amounts(tree("general", "fund")["合计"])[name] for name in shown)]
    for unit, name, leaves in (("105001", "城市管理局本级", first), ("105002", "市政工程管理处", second)):
        for code, row in rolled_up(leaves).items():
            label = f"{unit}|{name}" if code == "合计" else f"{code}|{NAMES[code]}"
            lines.append(f"{label}|" + "|".join(amounts(row)[column] for column in shown))
    expense = [
        *class_lines("合计", "general", "fund"),
        *["|"] * 4,
        f"本年支出合计|{text(TOTAL)}",
        "结转下年|",
        f"支出总计|{text(TOTAL)}",
    ]
    income = [
        ("一、财政拨款收入", OWN + FUND_TOTAL),
        ("其中：一般公共预算", OWN),
        ("政府性基金预算", FUND_TOTAL),
        ("国有资本经营预算", ZERO),
        ("二、财政专户管理资金", ZERO),
        ("三、事业收入（不含专户资金）", ZERO),
        ("四、其他收入", ZERO),
        ("", ZERO),
        ("本年收入合计", OWN + FUND_TOTAL),
        ("上年结转", CARRIED),
        ("收入总计", TOTAL),
    ]
    return [
        Page("部门收支预算总表", "收入|<|支出|<\n项目|2023年预算|项目|2023年预算\n" + summary(income, expense)),
        Page(
            "部门支出预算总表",
            "科目编码|科目名称|合计|基本支出|<|项目支出\n^|^|^|人员支出|日常公用支出|^\n" + "\n".join(lines),
        ),
        Page(
            "一般公共预算支出表",
            "科目编码|科目名称|合计|基本支出|<|<|项目支出\n^|^|^|小计|人员支出|日常公用支出|^\n"
            + code_lines("合计 基本 人员 公用 项目"),
        ),
        Page(
            "一般公共预算“三公”经费支出表",
            "项目|预算数\n合计|12.60\n一、因公出国（境）费用|\n二、公务接待费|0.60\n三、公务用车购置及运行维护费|12.00\n"
            "其中：公务用车购置费|\n公务用车运行维护费|12.00",
        ),
    ]


PLACES = {
    "北京": ("北京市某区城市管理局", beijing),
    "中央": ("国家地震局", central),
    "湖南": ("湖南省某县城市管理局", hunan),
    "广东": ("广东省某市城市管理局", guangdong),
    "浙江": ("浙江省某市城市管理局", zhejiang),
}
