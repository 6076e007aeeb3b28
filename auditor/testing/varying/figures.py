"""Amounts in another unit, zeros, digits and separators printed another way."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.forms.codes import is_code
from auditor.model.document import Cell, Paragraph
from auditor.model.numbers import NOTHING, NUMERIC, State, parse_literal
from auditor.model.units import FEN_PER, Kind, money_unit
from auditor.testing.varying.sheets import Copy, VariedSheet, reworded, title_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from auditor.model.facts import Fact

_FULL_DIGITS = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


def _figures(copy: Copy, change: Callable[[Cell, Fact], str]) -> bool:
    changed = False
    for sheet in copy.sheets():
        cells = [cell for row in sheet.rows for cell in row if sheet.fact(cell)]

        def new(cell: Cell, sheet: VariedSheet = sheet) -> str:
            fact = sheet.fact(cell)
            return change(cell, fact) if fact and fact.text == cell.raw.strip() else cell.raw

        changed = sheet.rewrite(new, cells) or changed
    return changed


def other_unit(copy: Copy, pick: random.Random) -> bool:
    """Amounts exactly, in another unit: 元 in 万元, 万元 in 元, 千元 or 亿元; the remark says so."""
    filing = copy.original.filing
    cells = {cell.place.quote: cell.raw.strip() for sheet in copy.sheets() for row in sheet.rows for cell in row}
    amounts = [fact for fact in filing.facts if fact.kind is Kind.AMOUNT and fact.text]
    if any(cells.get(fact.place.quote) != fact.text for fact in amounts):
        return False  # read from lines or from the midst of a cell, which are not rewritten here
    units = sorted({fact.unit for fact in filing.facts if fact.kind is Kind.AMOUNT})
    new = {unit: pick.choice([other for other in FEN_PER if other != unit]) for unit in units}
    stated = {table.table: table.unit for table in filing.tables}
    seen: set[str] = set()
    for sheet in list(copy.sheets()):
        lines = copy.above(sheet)
        told = [at for at in lines if isinstance(b := copy.blocks[at], Paragraph) and money_unit(b.text)]
        inside = [cell for row in sheet.rows[:4] for cell in row if cell.text and money_unit(cell.text)]
        for at in told:
            line = copy.blocks[at]
            assert isinstance(line, Paragraph)
            copy.blocks[at] = reworded(line, _unit_named(line.text, new))
        sheet.rewrite(lambda cell: _unit_named(cell.text, new), inside)
        unit = stated.get(sheet.table, "")
        titled = any(title_of(copy, copy.blocks[at]) for at in lines)
        if not told and not inside and unit in new and sheet.table not in seen and titled:
            at = next(n for n, block in enumerate(copy.blocks) if block is sheet)
            copy.blocks.insert(at, Paragraph(f"单位：{new[unit]}", replace(sheet.grid.place, quote="")))
        seen.add(sheet.table)

    def change(cell: Cell, fact: Fact) -> str:
        literal = parse_literal(cell.raw)
        if fact.kind is not Kind.AMOUNT or literal.state not in NUMERIC or fact.unit not in new:
            return cell.raw
        shift = len(str(FEN_PER[new[fact.unit]])) - len(str(FEN_PER[fact.unit]))
        value = Decimal(literal.digits).scaleb(-literal.decimals - shift)
        if literal.decimals + shift < 0:
            copy.marks.add("finer")
        return f"{value:,f}" if "," in cell.raw else f"{value:f}"

    return _figures(copy, change)


def _unit_named(text: str, new: dict[str, str]) -> str:
    compact = text.replace(" ", "").replace("\u3000", "")
    return re.sub(
        r"(单位[：:]?(?:人民币)?)(亿元|万元|千元|元)(?![一-鿿])", lambda m: m[1] + new.get(m[2], m[2]), compact
    )


def zeros(copy: Copy, pick: random.Random) -> bool:
    """What is nothing printed another way: blank, 0, 0.00, a dash."""
    style = pick.choice(["", "0", "0.00", "-", "——"])
    most: dict[str, int] = {}
    for fact in copy.original.filing.facts:
        most[fact.address.table] = max(most.get(fact.address.table, 0), fact.decimals)

    def change(cell: Cell, fact: Fact) -> str:
        state = parse_literal(cell.raw).state
        if state is not State.ZERO and state not in NOTHING:
            return cell.raw
        if style == "0.00":
            decimals = most.get(fact.address.table, 0)
            return "0." + "0" * decimals if decimals else "0"
        return style

    changed = _figures(copy, change)
    copy.marks |= {"finer"} if changed else set()  # a printed zero may hide a tail, a blank may not
    return changed


def full_width(copy: Copy, _pick: random.Random) -> bool:
    """Full-width digits in figures and codes, the other kind of brackets in labels."""
    changed = _figures(copy, lambda cell, _: cell.raw.translate(_FULL_DIGITS))
    brackets = str.maketrans("（）()", "()（）")
    for sheet in copy.sheets():
        labels = [cell for row in sheet.rows for cell in row if not sheet.fact(cell)]
        changed = (
            sheet.rewrite(
                lambda cell: cell.raw.translate(_FULL_DIGITS) if is_code(cell.text) else cell.raw.translate(brackets),
                labels,
            )
            or changed
        )
    return changed


def thousands(copy: Copy, pick: random.Random) -> bool:
    """Figures with or without thousands separators, with spaces around them."""
    spaced = pick.random() < 0.5

    def change(cell: Cell, _: Fact) -> str:
        literal = parse_literal(cell.raw)
        if literal.state is not State.VALUE or literal.percent:
            return cell.raw
        value = Decimal(literal.digits).scaleb(-literal.decimals)
        text = f"{value:f}" if "," in cell.raw else f"{value:,f}"
        return f" {text} " if spaced else text

    return _figures(copy, change)
