"""What was measured as tables: per place, per rule, per kind of table; one run beside an earlier one."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from auditor.digits import is_digits
from auditor.testing.field.judging import verdict_of
from auditor.testing.field.rates import rates_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from auditor.testing.field.judging import JudgedFinding
    from auditor.testing.field.measuring import Measured

ALL = "all"
_HEAD = (
    "place",
    "files",
    "refused",
    "tables",
    "read",
    "checked",
    "text",
    "read",
    "checked",
    "err/f",
    "warn/f",
    "silent",
    "median s",
    "worst s",
)
_PLANTED = (
    "planted in",
    "changed",
    "read",
    "checked",
    "found",
    "named",
    "repaired",
    "hinted",
    "of all found",
    "of all named",
)


def _line(cells: Iterable[object], first: int = 18) -> str:
    name, *rest = map(str, cells)
    wide = sum(ord(char) > 0x2E7F for char in name)
    return name + " " * (first - len(name) - wide) + "".join(f" {cell:>9}" for cell in rest)


def share(part: int, whole: int) -> str:
    """A share in percent; a dash of nothing."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def by_place(files: Sequence[Measured]) -> dict[str, list[Measured]]:
    """The files by place, and all of them."""
    out: dict[str, list[Measured]] = {}
    for file in sorted(files, key=lambda one: one.file):
        out.setdefault(file.place, []).append(file)
    return {**out, ALL: list(files)}


def counts_of(files: Iterable[Measured]) -> Counter[str]:
    """The counts of some files together: figures of tables, and numbers of the text that state something."""
    total: Counter[str] = Counter()
    for file in files:
        total.update(files=1, refused=int(bool(file.refused)), silent=int(file.silent))
        if file.summary:
            facts, figures, prose = (file.summary[name] for name in ("facts", "figures", "prose"))
            total.update(
                figures=figures["printed"],
                read=facts["read"] - prose["told"],
                checked=figures["checked"],
                text=prose["told"] + prose["unexplained"],
                told=prose["told"],
                tested=prose["checked"],
            )
        total.update(finding["severity"] for finding in file.findings)
    return total


def place_lines(files: Sequence[Measured]) -> Iterator[str]:
    """One line per place: what was read and checked, what was said, what binding and audit cost."""
    yield _line(_HEAD)
    for place, mine in by_place(files).items():
        c, times = counts_of(mine), [file.seconds["rest"] for file in mine if "rest" in file.seconds]
        n = max(1, c["files"])
        yield _line(
            [
                place,
                c["files"],
                c["refused"],
                *_shares(c),
                f"{c['error'] / n:.2f}",
                f"{c['warning'] / n:.2f}",
                c["silent"],
                *((f"{statistics.median(times):.1f}", f"{max(times):.1f}") if times else "––"),
            ]
        )


def _shares(c: Counter[str]) -> list[str]:
    """How many figures of tables are printed, and the shares read and checked; the same of the text."""
    return [
        str(c["figures"]),
        share(c["read"], c["figures"]),
        share(c["checked"], c["figures"]),
        str(c["text"]),
        share(c["told"], c["text"]),
        share(c["tested"], c["text"]),
    ]


# -- rules ------------------------------------------------------------------------------------------------------


def rate_lines(files: Sequence[Measured], judged: Sequence[JudgedFinding]) -> Iterator[str]:
    """One line per rule; `?` marks one that fires in more than one filing in fifty and was never shown right."""
    names = ("findings", "files", *(("true", "false", "unjudged") if judged else ()))
    yield _line(["rule", "severity", *names])
    for rate in rates_of(files, judged):
        counts = asdict(rate)
        mark = " ?" if rate.doubtful else ""
        yield _line([rate.rule, rate.severity, *(counts[name] for name in names)]) + mark


def judged_line(files: Sequence[Measured], judged: Sequence[JudgedFinding]) -> str:
    """How many errors and warnings are judged, and how."""
    count = Counter((f["severity"], verdict_of(file.file, f, judged)) for file in files for f in file.findings)
    parts = [
        f"{severity}s {count[severity, 'true']} true, {count[severity, 'false']} false, "
        f"{count[severity, 'unjudged']} unjudged"
        for severity in ("error", "warning")
    ]
    return "judged: " + "; ".join(parts)


def finding_lines(files: Sequence[Measured], judged: Sequence[JudgedFinding]) -> Iterator[str]:
    """Every error and warning, with its verdict."""
    for file in sorted(files, key=lambda one: one.file):
        for one in file.findings:
            verdict = f" | {verdict_of(file.file, one, judged)}" if judged else ""
            yield f"  {one['severity']:8}{file.file} | {one['rule']}{verdict} | {one['message'][:220]}"


# -- changed figures --------------------------------------------------------------------------------------------


def recall_of(trials: Iterable[dict[str, Any]]) -> Counter[str]:
    """The counts of some changed figures; `found` … `hinted` of those that stand in a check, `any_…` of all."""
    out: Counter[str] = Counter()
    for one in trials:
        out.update(changed=1, read=one["read"], checked=one["checked"], any_found=one["found"], any_named=one["named"])
        if one["checked"]:
            out.update({name: one[name] for name in ("found", "named", "repaired", "hinted")})
    return out


def _recall_line(name: str, trials: Sequence[dict[str, Any]]) -> str:
    c = recall_of(trials)
    return _line(
        [
            name,
            c["changed"],
            share(c["read"], c["changed"]),
            share(c["checked"], c["changed"]),
            *(share(c[what], c["checked"]) for what in ("found", "named", "repaired", "hinted")),
            share(c["any_found"], c["changed"]),
            share(c["any_named"], c["changed"]),
        ]
    )


def recall_lines(files: Sequence[Measured]) -> Iterator[str]:
    """Changed figures: per place, per kind of table and of number, per kind of change."""
    yield _line(_PLANTED) + "   (found … hinted: of those in a check)"
    told: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
        (" tables", lambda one: not _is_told(one)),
        (" text", _is_told),
    )
    for place, mine in by_place(files).items():
        for name, wanted in told:
            yield _recall_line(place + name, [one for file in mine for one in file.trials if wanted(one)])
    every = [one for file in files for one in file.trials]
    for what in ("kind", "how"):
        yield ""
        for name in sorted({one[what] for one in every}):
            if what == "kind":
                yield _recall_line(name, [one for one in every if one[what] == name])
                continue
            for where, wanted in told:
                chosen = [one for one in every if one[what] == name and wanted(one)]
                if chosen:
                    yield _recall_line(f"{name}{where}", chosen)


def _is_told(one: dict[str, Any]) -> bool:
    return str(one["kind"]).startswith("文字")


def trial_lines(files: Sequence[Measured]) -> Iterator[str]:
    """Every changed figure that stands in a check and was not found, or not named."""
    for file in sorted(files, key=lambda one: one.file):
        for one in file.trials:
            if one["checked"] and not one["named"]:
                state = "not named" if one["found"] else "hinted" if one["hinted"] else "not found"
                rules = f" {'、'.join(one['rules'])}" if one["rules"] else ""
                yield (
                    f"  {state}: {file.file} p. {one['page']} {one['kind']} {one['address']}: {one['old']} → "
                    f"{one['new']} ({one['how']}){rules}"
                )


# -- two runs ---------------------------------------------------------------------------------------------------


def compared_lines(before: Sequence[Measured], after: Sequence[Measured]) -> Iterator[str]:
    """What changed between two runs, per place: before → after. Only files that both measured."""
    both = {file.file for file in before} & {file.file for file in after}
    old, new = (by_place([file for file in files if file.file in both]) for files in (before, after))
    yield _line(["before → after", *(f"{name:>17}" for name in _COMPARED)])
    for place, mine in new.items():
        cells = zip(_compared(old[place]), _compared(mine), strict=True)
        yield _line([place, *(f"{f'{a} → {b}':>17}" for a, b in cells)])


_COMPARED = (
    "tables read",
    "tables checked",
    "text read",
    "text checked",
    "err/f",
    "warn/f",
    "silent",
    "tables found",
    "tables named",
    "text found",
    "text named",
    "median s",
)


def _compared(files: Sequence[Measured]) -> list[str]:
    c = counts_of(files)
    n = max(1, c["files"])
    times = [file.seconds["rest"] for file in files if "rest" in file.seconds]
    recalls = [
        recall_of(one for file in files for one in file.trials if _is_told(one) is told) for told in (False, True)
    ]
    return [
        *(cell for cell in _shares(c) if not is_digits(cell)),
        f"{c['error'] / n:.2f}",
        f"{c['warning'] / n:.2f}",
        str(c["silent"]),
        *(share(r[what], r["checked"]) for r in recalls for what in ("found", "named")),
        f"{statistics.median(times):.1f}" if times else "–",
    ]
