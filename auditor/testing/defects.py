"""Typical defects of real disclosures, planted in generated filings: wrong figures and words, things lost or doubled.

Each defect says where it stands and what would be right. Changes that rounding excuses, and those that no check looks
at, are recognised from the check matrix and not planted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from auditor.digits import is_digits
from auditor.engine.facts.chunk import Chunk
from auditor.engine.judge.evaluate import evaluate
from auditor.engine.localise.signatures import signatures_of
from auditor.model.numbers import parse_literal
from auditor.testing.corrupting import CAUSES, Corrupter, Effect, corrupted, effect_of
from auditor.testing.layouts import Head
from auditor.testing.prose import OPPOSITE, Said, Sentence, WrittenProse, misprint

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from auditor.engine.localise.causes import Cause
    from auditor.rules.book import RuleBook
    from auditor.testing.draft import Draft

OTHER_ENTITIES = ("临江县教育局", "东湖市水利局")
_AMOUNT = re.compile(r"\d+\.\d+")


class Planted(NamedTuple):
    """One planted defect: its table, row and column or its sentence, what is printed, what would be right, why."""

    table: str
    row: str
    column: str
    sentence: str
    printed: str
    true: str
    cause: str


@dataclass(frozen=True, slots=True)
class Defective:
    """A generated filing with defects, and the key to them."""

    draft: Draft
    planted: tuple[Planted, ...]


def plant_defects(
    draft: Draft, count: int, choice: random.Random, book: RuleBook, among: Sequence[str] | None = None
) -> Defective:
    """Plant up to `count` defects of different sorts, any or those `among`; fewer where there is no room for more."""
    sorts = list(among or DEFECTS)
    choice.shuffle(sorts)
    planted: list[Planted] = []
    for sort in sorts:
        if len(planted) >= count:
            break
        made = DEFECTS[sort](draft, choice, book)
        if made is not None and not {_home(one) for one in made.planted} & {_home(one) for one in planted}:
            draft = made.draft
            planted += made.planted
    return Defective(draft, tuple(planted))


def _home(one: Planted) -> str:
    """Where a defect is at home: two in one table or one sentence would hide each other."""
    return one.table or one.sentence


# -- figures ----------------------------------------------------------------------------------------------------


def wrong_figure(draft: Draft, cause: Cause, choice: random.Random, book: RuleBook) -> Defective | None:
    """Change figures of the tables by a cause, where some rule surely sees it."""
    filing = draft.figures(book)
    evaluation = evaluate(book.all_plans(), Chunk.of([filing], book.forms))
    signatures = signatures_of(evaluation)
    corrupter = Corrupter(filing, signatures)
    facts = filing.all_facts
    able = [number for number, one in signatures.items() if one.always and facts[number].is_figure]
    choice.shuffle(able)
    for number in able[:TRIES]:
        wrong = corrupter.wrong(number, cause, choice)
        if wrong is None:
            continue
        changes = {n: value - facts[n].value for n, value in wrong.values.items()}
        if effect_of(signatures, changes) is not Effect.CERTAIN:
            continue
        out = draft.copy()
        after = corrupted(filing, wrong.values).all_facts
        planted = []
        for n in wrong.values:
            table, row, column, _ = facts[n].address
            out.printed[table][row, column] = after[n].text
            planted.append(Planted(table, row, column, "", after[n].text, facts[n].text, cause.value))
        return Defective(out, tuple(planted))
    return None


TRIES = 40


def _figure(cause: Cause) -> Callable[[Draft, random.Random, RuleBook], Defective | None]:
    return lambda draft, choice, book: wrong_figure(draft, cause, choice, book)


# -- tables -----------------------------------------------------------------------------------------------------


def row_lost(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A row of the lowest level is missing from a table of codes, one of several: no sum misses an only one."""
    rows = [(name, row) for name, cells in draft.printed.items() for row in _leaves(cells)]
    rows = [(name, row) for name, row in rows if _has_sisters(row, draft.printed[name])]
    able = [(name, row) for name, row in rows if _weight(draft, name, row) > len(draft.printed[name])]
    if not able:
        return None
    name, row = choice.choice(able)
    out = draft.copy()
    lost = {cell: text for cell, text in draft.printed[name].items() if cell[0] == row}
    for cell in lost:
        del out.printed[name][cell]
    true = next(text for text in lost.values() if parse_literal(text).digits)
    return Defective(out, (Planted(name, row, "", "", "", true, "row_lost"),))


def _leaves(cells: dict[tuple[str, str], str]) -> list[str]:
    rows = {row for row, _ in cells if is_digits(row)}
    return sorted(row for row in rows if len(row) > 3 and not any(o != row and o.startswith(row) for o in rows))


def _has_sisters(row: str, cells: dict[tuple[str, str], str]) -> bool:
    """Whether the nearest printed code above a row has another row below it."""
    rows = {other for other, _ in cells if is_digits(other)}
    above = max((other for other in rows if other != row and row.startswith(other)), key=len, default="")
    return any(other.startswith(above) and other not in (row, above) for other in rows)


def _weight(draft: Draft, name: str, row: str) -> int:
    """The largest figure of a row, in its last digits."""
    return max(abs(parse_literal(text).digits) for cell, text in draft.printed[name].items() if cell[0] == row)


def table_lost(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A table that the contents list is missing."""
    if len(draft.printed) < 2:
        return None
    name = choice.choice(sorted(draft.printed))
    out = draft.copy()
    del out.printed[name]
    out.heads[name] = _head(draft, name)
    return Defective(out, (Planted(name, "", "", "", "", name, "table_lost"),))


def unit_slip(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A table states another unit of measure than its figures have."""
    able = [name for name, cells in draft.printed.items() if _sizeable(cells)]
    if not able:
        return None
    name = choice.choice(able)
    head = _head(draft, name)
    unit = "元" if head.unit == "万元" else "万元"
    out = draft.copy()
    out.heads[name] = head._replace(unit=unit)
    return Defective(out, (Planted(name, "", "", "", unit, head.unit, "unit_slip"),))


def _sizeable(cells: dict[tuple[str, str], str]) -> bool:
    return any(abs(parse_literal(text).digits) > 10**4 for text in cells.values() if text)


def other_entity(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A table bears the name of another unit."""
    name = choice.choice(sorted(draft.printed))
    head = _head(draft, name)
    other = next(one for one in OTHER_ENTITIES if one not in head.entity)  # its own department is no stranger
    out = draft.copy()
    out.heads[name] = head._replace(entity=other)
    return Defective(out, (Planted(name, "", "", "", other, head.entity, "other_entity"),))


def _head(draft: Draft, name: str) -> Head:
    return draft.heads.get(name, Head(draft.key.entity, draft.key.year, draft.style.unit))


# -- text -------------------------------------------------------------------------------------------------------


def direction(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """The text says 增加 where the figures say 减少."""
    return _resaid(draft, choice, "direction", lambda said: OPPOSITE.get(said.text) if said.sort == "方向" else None)


def undecided(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A choice of the template was not made: 增加（减少）."""
    return _resaid(
        draft,
        choice,
        "template",
        lambda said: f"{said.text}（{OPPOSITE[said.text]}）" if said.text in OPPOSITE else None,
    )


def wrong_number(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A number of the text has a wrong digit, or one too many."""
    cause = choice.choice(("digit", "transposed", "added_digit", "factor_ten"))
    sentences = draft.told.paragraphs if draft.told else []
    excused = {
        id(said)
        for sentence in sentences
        for at, said in enumerate(sentence)
        if isinstance(said, Said) and _excused(sentence, at, misprint(said, cause))
    }
    return _resaid(
        draft,
        choice,
        cause,
        lambda said: None if said.of in ALONE or _small(said) or id(said) in excused else misprint(said, cause),
    )


def _excused(sentence: Sentence, at: int, text: str | None) -> bool:
    """Whether rounding may excuse another text for a rate: the amounts are too small to contradict it."""
    said = sentence[at]
    assert isinstance(said, Said)
    if text is None or not said.text.endswith("%"):
        return False
    amounts = [
        abs(parse_literal(piece.text).digits)
        for piece in sentence[:at]
        if isinstance(piece, Said) and piece.sort in ("金额", "变动额")
    ]
    if not all(amounts[:1] + amounts[-1:]):
        return True
    rates = [abs(Fraction(one.removesuffix("%"))) for one in (said.text, text)]
    doubt = sum((Fraction(1, amount) for amount in (amounts[0], amounts[-1])), Fraction(0))  # half a digit, twice over
    return abs(rates[0] - rates[1]) <= doubt * (max(rates) + 100)


ALONE = ("设备",)  # nothing follows from it


def _small(said: Said) -> bool:
    digits = parse_literal(said.text.removesuffix("%")).digits if said.sort != "方向" else 0
    return abs(digits) < (2 if said.sort == "数量" else 100)


def two_amounts(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """The text tells one amount twice, and not alike."""
    if draft.told is None:
        return None
    found: dict[str, int] = {}
    for _n, _at, said in draft.told.said():
        if said.sort == "金额" and not _small(said):
            found[said.of] = found.get(said.of, 0) + 1
    return _resaid(
        draft,
        choice,
        "two_amounts",
        lambda said: misprint(said, "digit") if said.sort == "金额" and found.get(said.of, 0) > 1 else None,
    )


def _resaid(draft: Draft, choice: random.Random, cause: str, other: Callable[[Said], str | None]) -> Defective | None:
    """Say one thing otherwise."""
    if draft.told is None:
        return None
    able = [(n, at, said, text) for n, at, said in draft.told.said() if (text := other(said)) is not None]
    if not able:
        return None
    number, at, said, text = choice.choice(able)
    told = draft.told.changed(number, at, text)
    return _told(draft, told, number, text, said.text, cause)


def _told(draft: Draft, told: WrittenProse, number: int, printed: str, true: str, cause: str) -> Defective:
    planted = Planted("", "", "", told.lines()[number], printed, true, cause)
    return Defective(replace(draft, told=told), (planted,))


def wrong_base(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A rate of growth was computed on this year instead of last year."""
    if draft.told is None:
        return None
    able = []
    for number, sentence in enumerate(draft.told.paragraphs):
        said = {piece.sort: (at, piece) for at, piece in enumerate(sentence) if isinstance(piece, Said)}
        amounts = [piece for piece in sentence if isinstance(piece, Said) and piece.sort == "金额"]
        if "变动率" not in said or not amounts:
            continue
        at, rate = said["变动率"]
        change, now = (parse_literal(said["变动额"][1].text).digits, parse_literal(amounts[0].text).digits)
        wrong = f"{100 * change / now:.2f}%" if now else rate.text
        if now > 1000 and abs(float(wrong[:-1]) - float(rate.text[:-1])) > 1:
            able.append((number, at, wrong, rate.text))
    if not able:
        return None
    number, at, wrong, true = choice.choice(able)
    return _told(draft, draft.told.changed(number, at, wrong), number, wrong, true, "wrong_base")


def stale_year(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A sentence still speaks of the year before."""
    year, last = f"{draft.key.year}年度", f"{draft.key.year - 1}年度"
    return _reworded(draft, choice, "stale_year", year, last)


def placeholder(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """The name of the template stands where the unit's should."""
    return _reworded(draft, choice, "template", draft.key.entity, "XX局")


def empty_reason(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A reason was never filled in (主要原因是。)."""
    if draft.told is None:
        return None
    able = [
        (number, at, piece)
        for number, sentence in enumerate(draft.told.paragraphs)
        for at, piece in enumerate(sentence)
        if isinstance(piece, str) and piece.endswith("。") and "主要原因是" in piece
    ]
    if not able:
        return None
    number, at, piece = choice.choice(able)
    return _rewritten(draft, number, at, piece[: piece.index("主要原因是")] + "主要原因是。", "template")


def _reworded(draft: Draft, choice: random.Random, cause: str, old: str, new: str) -> Defective | None:
    if draft.told is None:
        return None
    able = [
        (number, at, piece)
        for number, sentence in enumerate(draft.told.paragraphs)
        for at, piece in enumerate(sentence)
        if isinstance(piece, str) and old in piece and len(sentence) > 1
    ]
    if not able:
        return None
    number, at, piece = choice.choice(able)
    return _rewritten(draft, number, at, piece.replace(old, new, 1), cause)


def _rewritten(draft: Draft, number: int, at: int, text: str, cause: str) -> Defective:
    assert draft.told is not None
    paragraphs = [list(sentence) for sentence in draft.told.paragraphs]
    before = paragraphs[number][at]
    assert isinstance(before, str)
    paragraphs[number][at] = text
    return _told(draft, WrittenProse(paragraphs), number, text, before, cause)


def section_doubled(draft: Draft, choice: random.Random, _: RuleBook) -> Defective | None:
    """A section of the text stands twice."""
    if draft.told is None:
        return None
    paragraphs = draft.told.paragraphs
    starts = [n for n, sentence in enumerate(paragraphs) if len(sentence) == 1 and _HEADING.match(str(sentence[0]))]
    which = choice.randrange(len(starts))
    end = starts[which + 1] if which + 1 < len(starts) else len(paragraphs)
    told = WrittenProse([*paragraphs[:end], *paragraphs[starts[which] : end], *paragraphs[end:]])
    return _told(draft, told, end, str(paragraphs[starts[which]][0]), "", "section_doubled")


_HEADING = re.compile(r"[一二三四五六七八九十]+、")

FIGURES = tuple(cause.value for cause in CAUSES)  # the sorts that change a figure of a table
DEFECTS: dict[str, Callable[[Draft, random.Random, RuleBook], Defective | None]] = {
    **{cause.value: _figure(cause) for cause in CAUSES},
    **{
        function.__name__: function
        for function in (
            row_lost,
            table_lost,
            unit_slip,
            other_entity,
            direction,
            undecided,
            wrong_number,
            two_amounts,
            wrong_base,
            stale_year,
            placeholder,
            empty_reason,
            section_doubled,
        )
    },
}
