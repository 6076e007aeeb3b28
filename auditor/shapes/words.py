"""The words by which a printed table says what its columns and rows hold."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.model.labels import plain
from auditor.model.units import FEN_PER, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CODE = re.compile(r"编码|代码|编号$|^[类款项目]$|^科目$")
_ORDINAL = re.compile(r"^(?:序号|行次|栏次|行号|编号|排序|序)$")
_DATE = re.compile(r"年份|日期|时间|年度$|电话|手机|邮编|邮政|账号|账户|帐号|身份证|文号|^\d{4}年$")
_NOTE = re.compile(r"备注|说明|内容|目标|依据|用途|原因|理由|事由|概况|简介|措施")
_NAME = re.compile(
    r"名称|^项目$|^科目|类别|类型|名$|对象|单位$|部门$|地点|地址|^指标$|[一二三四]级|^级|性质|方式|^品目"
)
_MONEY = re.compile(
    r"金额|[预决核概]算|资金|经费|拨款|支出|收入|结转|结余|合计|小计|总计|总额|费用?$|费[（/]|元|投资|本年|上年|补助|余额|价值|原值|净值|执行数|债|款$|税|利润|借款|货物|工程|服务"
)
_PERCENT = re.compile(r"[%％]|比例|占比|比重|[率幅]$|率[（/]|百分|增减幅|增长率|完成率|执行率|成新率")
_COUNT = re.compile(
    r"数量|人数|个数|次数|台数|辆数|户数|件数|套数|天数|编制|人次|批次|面积|分值|得分|评分|权重|指标值|目标值|实际值|完成值|年限|保有量|在职|离退休|在编|车辆数|实有"
)
_OF_WHICH = re.compile(r"^(?:其中|内[:：]|其[:：])")
_TOTAL = re.compile(
    r"^(?:总计|合计|小计|总额|共计|累计|(?:本年|当年)?(?:收入|支出|收支|项目|各项|基本支出|项目支出|财政拨款|经费|全年|本页|部门|单位|预算)?(?:合计|总计|小计)(?:数|额)?)$"
)
_UNIT = re.compile(
    r"[（(](?:单位[:：])?(亿元|万元|千元|元|[%％]|辆|台|套|辆/台|台/辆"
    r"|人|个|批次|人次|批|次|件|户|平方米|㎡|天|项|份)(?:[）)])"
)
_NOTES = re.compile(r"^(?:注|说明|备注)\s*\d*\s*[:：]")
# what headers are made of: a row of such words alone is a header even where nothing was merged
_HEADER = re.compile(
    r"^(?:项目|栏次|行次|序号|科目|类|款|项|收入|支出|合计|小计|总计|金额|名称|备注|其中|数量|单价|小写|大写|.{0,12}(?:编码|代码|名称|编号|预算数?|决算数?|执行数|年初数|年末数|类别|"
    r"金额|合计|小计|总计|支出|收入|拨款|资金|经费|结转|结余|分类|单位|部门|备注|指标|指标值|分值|得分|数量|类型|方式|内容|情况|比例|率|数|额|费|款))(?:[（(][^（()）]{1,12}[）)])?$"
)
_ORDERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．]|其中)"
)
LONG = 40  # characters of a text that names nothing but tells something


def is_code_head(text: str) -> bool:
    """Whether a header says that codes stand below it."""
    return bool(_CODE.search(text))


def is_ordinal_head(text: str) -> bool:
    """Whether a header says that its column numbers the rows."""
    return bool(_ORDINAL.search(text))


def is_date_head(text: str) -> bool:
    """Whether a header says that years, dates or telephone numbers stand below it."""
    return bool(_DATE.search(text))


def is_note_head(text: str) -> bool:
    """Whether a header says that remarks stand below it."""
    return bool(_NOTE.search(text)) and not _MONEY.search(text)


def is_name_head(text: str) -> bool:
    """Whether a header says that names stand below it."""
    return bool(_NAME.search(text)) and not re.search(r"[数额费]$", text)


def is_header_word(text: str) -> bool:
    """Whether a text is one that headers are made of."""
    bare = text.replace(" ", "")
    return bool(_HEADER.match(bare)) and not _ORDERED.match(bare)


def is_money(text: str) -> bool:
    """Whether a label speaks of money."""
    return bool(_MONEY.search(text))


def is_count(text: str) -> bool:
    """Whether a header or label speaks of a number of things, or of a rate."""
    return bool(_COUNT.search(text) or _PERCENT.search(text))


def is_of_which(text: str) -> bool:
    """Whether a label begins with 其中."""
    return bool(_OF_WHICH.match(text.replace(" ", "")))


def is_total(text: str) -> bool:
    """Whether a label says that its row is a total."""
    return bool(_TOTAL.match(plain(text)))


def is_note(text: str) -> bool:
    """Whether a line is a note on the table (注：…)."""
    return bool(_NOTES.match(text))


def unit_in(text: str) -> str:
    """The unit that a header or label states in brackets: 万元, 辆, %; '' for none.

    >>> unit_in("预算金额（万元）"), unit_in("公务用车保有量(辆)"), unit_in("公务接待费")
    ('万元', '辆', '')
    """
    found = _UNIT.search(text.replace(" ", ""))
    return found.group(1).replace("％", "%") if found else ""


def kind_of(path: Sequence[str], *, decimals: bool, money: bool) -> tuple[Kind, str]:
    """What the figures under a header path measure, and their own unit ('' where it is the table's or not told).

    The lowest text that tells decides; where none does, `money` says what to think. A count that is printed with
    `decimals` is a measure.
    """
    for text in reversed(path):
        if unit := unit_in(text):
            return _of_unit(unit, decimals=decimals)
        if _PERCENT.search(text) and not re.search(r"税率|汇率|率先", text):
            return Kind.PERCENT, "%"
        counts, amounts = _last_end(_COUNT, text), _last_end(_MONEY, text)
        if counts or amounts:  # the last word is what a name names: 在职人员补助 is money, 补助人数 a count
            return _of_count(decimals=decimals) if counts >= amounts else (Kind.AMOUNT, "")
    return (Kind.AMOUNT, "") if money else _of_count(decimals=decimals)


def _last_end(words: re.Pattern[str], text: str) -> int:
    return max((found.end() for found in words.finditer(text)), default=0)


def _of_count(*, decimals: bool) -> tuple[Kind, str]:
    return (Kind.MEASURE if decimals else Kind.COUNT), ""


def _of_unit(unit: str, *, decimals: bool) -> tuple[Kind, str]:
    if unit in FEN_PER:
        return Kind.AMOUNT, unit
    if unit == "%":
        return Kind.PERCENT, "%"
    return (Kind.MEASURE if decimals else Kind.COUNT), unit


def heads_codes(texts: Sequence[str]) -> bool:
    """Whether a line heads the parts of codes, 类 | 款 | 项: no row of a table says that."""
    said = [text.replace(" ", "") for text in texts]
    return any(pair == ("类", "款") for pair in pairwise(said))


def all_header_words(texts: Iterable[str]) -> bool:
    """Whether texts are, all but a few, what headers are made of."""
    said = [text for text in texts if text]
    return len(said) > 1 and 3 * sum(map(is_header_word, said)) >= 2 * len(said)
