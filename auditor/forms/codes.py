"""Codes of subjects as printed, and recovered where print lost them.

Codes are joined from 类|款|项 columns, padded, told from money and from unit codes. Lost ones are recovered from the
official names and their order.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from auditor.digits import is_digits
from auditor.model.labels import plain, without
from auditor.model.numbers import LOST

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from auditor.model.tables import Taxonomy

_CODE = re.compile(r"[1-9]\d{2}(?:\d{2}){0,2}")
BY_NAME = "·"  # in the code of a row that is known by its name only: `20805·某某支出`
LIKE = 0.8  # similarity at which a misspelt name still tells its code
APART = 0.1  # how much less like it every other name must be
# a code before its name, in brackets or not: `208社会保障和就业支出`, `[208]社会保障和就业支出`
_LEADING = re.compile(r"^(?:[\[【（(](\d{3}(?:\d{2}){0,2})[\]】）)]|(\d{3}(?:\d{2}){0,2})(?=[^\d.]))[-—]?")
_FULL = str.maketrans("０１２３４５６７８９", "0123456789")


def is_code(text: str) -> bool:
    """Whether a text is a whole code: 3, 5 or 7 digits.

    >>> is_code("208"), is_code("20805 05"), is_code("309001"), is_code("2")
    (True, True, False, False)
    """
    return bool(_CODE.fullmatch(text.replace(" ", "").translate(_FULL)))


def leading_code(text: str) -> str:
    """The code that a cell holds, alone or before a name; '' for none.

    >>> leading_code("２０８"), leading_code("[20805]行政事业单位养老支出"), leading_code("208.50")
    ('208', '20805', '')
    """
    bare = text.replace(" ", "").translate(_FULL)
    if _CODE.fullmatch(bare):
        return bare
    found = _LEADING.match(bare)
    return (found.group(1) or found.group(2)) if found else ""


def code_parts(texts: Sequence[str], units: Container[int] = ()) -> tuple[list[str], list[str], str]:
    """Split the label cells of a row into code parts, name parts and a unit code.

    A unit code stands in one of the columns `units`, which the header names so, or has six digits beside the code.
    """
    parts: list[str] = []
    names: list[str] = []
    unit = ""
    for position, text in enumerate(texts):
        bare = text.replace(" ", "").translate(_FULL)
        if not bare or set(bare) <= {"*"}:
            continue
        if is_digits(bare):
            if position in units or (len(bare) == 6 and not unit):
                unit = bare
            else:
                parts.append(bare)
        elif not (bare in ("类", "款", "项") and not names):
            leading = _LEADING.match(bare)
            if leading and not parts and not names:
                parts.append(leading.group(1) or leading.group(2))
                bare = bare[leading.end() :]
            names.append(bare)
    return parts, names, unit


def join_parts(parts: Sequence[str]) -> tuple[str, bool]:
    """Join the parts of a code: `208|1|9` and `208|01|09` are 2080109, `301|01` is 30101.

    Returns the code and whether digits stand there that make no whole code (lost in print).
    """
    if not parts:
        return "", False
    joined = parts[0] if len(parts) == 1 else parts[0] + "".join(part.zfill(2) for part in parts[1:])
    for start in range(1, len(parts)):  # 类|款|项 that repeat the upper digits: 208 | 20805 | 2080505
        if parts[start].startswith(parts[start - 1]) and len(parts[start]) > len(parts[start - 1]) >= 3:
            joined = parts[-1]
    if len(parts) > 1 and not _CODE.fullmatch(parts[0]):  # an ordinal stands before the code
        whole = [part for part in parts if _CODE.fullmatch(part)]
        joined = whole[0] if len(whole) == 1 else ""
    return (joined, False) if _CODE.fullmatch(joined) else ("", True)


def recover(names: Sequence[str], taxonomy: Taxonomy) -> list[str]:
    """Recover the codes of a tree whose code column was lost, from the official names in printed order.

    Every row must be a class, or fit below the row before it or below one of that row's ancestors. A name that the
    list does not know becomes `<parent>·<name>` when its place in the tree leaves only one level. Rows that stay
    unclear are ''. The filing's own tree is kept: nothing is sorted or added.

    Source: 支出功能分类科目 (rules/taxonomy); the order of print is parents before children.
    """
    lengths = sorted(taxonomy.levels.values())
    codes: list[str] = []
    taken = {code for name in names for code in taxonomy.by_name.get(plain(name), ())}
    for position, name in enumerate(names):
        if LOST in name:
            codes.append("")
            continue
        candidates = _candidates(name, taxonomy, codes)
        if not candidates:
            candidates = _misspelt(name, taxonomy, codes, taken)
        fitting = _fitting(candidates, codes, lengths)
        if len(fitting) == 1:
            codes.append(fitting[0])
            continue
        if len(fitting) > 1:
            nxt = names[position + 1] if position + 1 < len(names) else ""
            fitting = [c for c in fitting if _goes_on(c, nxt, taxonomy, lengths)] or fitting
            codes.append(fitting[0] if len(fitting) == 1 else "")
            continue
        codes.append(_pseudo(name, position, names, codes, taxonomy, lengths))
    return codes


def parent_of(code: str, lengths: Sequence[int]) -> str:
    """Return the code one level up, or '' for a class. A pseudo code `20805·名称` stands below 20805."""
    if BY_NAME in code:
        return code.split(BY_NAME, 1)[0]
    shorter = [length for length in lengths if length < len(code)]
    return code[: shorter[-1]] if shorter else ""


def ancestors(code: str, lengths: Sequence[int]) -> list[str]:
    """Return the codes above a code, nearest first."""
    found = []
    while code := parent_of(code, lengths):
        found.append(code)
    return found


def _candidates(name: str, taxonomy: Taxonomy, codes: Sequence[str]) -> list[str]:
    key = plain(name)
    found = dict.fromkeys(taxonomy.by_name.get(key, ()))
    if not found:
        found = dict.fromkeys(taxonomy.by_name.get(without(key, "支出"), ()))
    lengths = sorted(taxonomy.levels.values())
    for code in (codes[-1:] or [""])[0:1]:
        for above in [code, *ancestors(code, lengths)] if code else []:
            if len(above) == lengths[-2] and BY_NAME not in above:
                for suffix, usual in taxonomy.conventions:
                    if plain(usual) == key:
                        found[above + suffix] = None
                title = plain(taxonomy.name_of(above))
                if key in (f"其他{title}支出", f"其他{title}", f"其他{without(title, '支出')}支出"):
                    found[above + "99"] = None
    return list(found)


def _misspelt(name: str, taxonomy: Taxonomy, codes: Sequence[str], taken: set[str]) -> list[str]:
    """The code whose name a label nearly is, where no other name comes near and no other row has that name."""
    lengths = sorted(taxonomy.levels.values())
    last = next((code for code in reversed(codes) if code), "")
    opened = {"", last, *ancestors(last, lengths)}
    best: dict[str, float] = {}
    matcher = SequenceMatcher(None, "", plain(name))
    for code in taxonomy.names:
        if code in taken or parent_of(code, lengths) not in opened:
            continue
        for entry in taxonomy.names[code]:
            matcher.set_seq1(plain(entry.name))
            best[code] = max(best.get(code, 0.0), matcher.ratio())
    ranked = sorted(best, key=lambda code: -best[code])[:2]
    if not ranked or best[ranked[0]] < LIKE or (len(ranked) > 1 and best[ranked[1]] > best[ranked[0]] - APART):
        return []
    return ranked[:1]


def _fitting(candidates: Sequence[str], codes: Sequence[str], lengths: Sequence[int]) -> list[str]:
    """Keep the candidates that can follow the rows before: a class, or a child of the last row or its ancestors."""
    known = [code for code in codes if code]
    last = known[-1] if known else ""
    open_parents = {last, *ancestors(last, lengths)} if last else set()
    fitting = []
    for code in candidates:
        if code in known:
            continue
        above = parent_of(code, lengths)
        if above == "" or above in open_parents:
            fitting.append(code)
    return fitting


def _goes_on(code: str, following: str, taxonomy: Taxonomy, lengths: Sequence[int]) -> bool:
    """Whether the next printed name can stand below or beside `code` (a class and a 款 may share a name)."""
    if not following:
        return len(code) == lengths[-1]
    below = {parent_of(c, lengths) for c in taxonomy.by_name.get(plain(following), ())}
    usual = {plain(name) for _, name in taxonomy.conventions}
    if len(code) == lengths[-2] and plain(following) in usual:
        return True
    return code in below if len(code) < lengths[-1] else code not in below


def _pseudo(
    name: str, position: int, names: Sequence[str], codes: Sequence[str], taxonomy: Taxonomy, lengths: Sequence[int]
) -> str:
    """Name a row that the list does not know, if it can only be a leaf below the open 款."""
    last = next((code for code in reversed(codes) if code), "")
    if not last or not codes[-1]:
        return ""
    size = len(last.split(BY_NAME, 1)[0]) if BY_NAME in last else len(last)
    kuan = last.split(BY_NAME, 1)[0] if BY_NAME in last else (last if size == lengths[-2] else parent_of(last, lengths))
    if len(kuan) != lengths[-2]:
        return ""
    following = names[position + 1] if position + 1 < len(names) else ""
    after = _candidates(following, taxonomy, [*codes, kuan + BY_NAME]) if following else []
    opens_below = any(len(code) == lengths[-1] and not code.startswith(kuan) for code in after)
    return "" if opens_below else f"{kuan}{BY_NAME}{plain(name)}"
