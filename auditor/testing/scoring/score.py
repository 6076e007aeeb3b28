"""The score of a rule book as one number, with what survives and why, as lines for the terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.messages import say
from auditor.testing.corrupting import Effect
from auditor.testing.scoring.detection import Detection, detect
from auditor.testing.scoring.equivalent import REASONS
from auditor.testing.scoring.mutants import LACKS, SLIPS, Mutant, score_mutants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.rules.book import RuleBook
    from auditor.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Score:
    """What came out: slips in rules that examples noticed, and planted errors that rules found."""

    made: tuple[Mutant, ...]
    detection: Detection

    @property
    def mutants(self) -> tuple[Mutant, ...]:
        """The slips that change what a rule says."""
        return tuple(mutant for mutant in self.made if mutant.counts)

    @property
    def killed(self) -> int:
        """How many slips the examples noticed."""
        return sum(mutant.killed for mutant in self.mutants)

    @property
    def survivors(self) -> list[Mutant]:
        """The slips that no example noticed."""
        return [mutant for mutant in self.mutants if not mutant.killed]

    def why(self, reasons: Iterable[str]) -> dict[str, int]:
        """How many slips there are for each of some reasons."""
        counts = Counter(mutant.why for mutant in self.made)
        return {reason: counts[reason] for reason in reasons if counts[reason]}

    @property
    def tenths(self) -> int:
        """The score: what was noticed and found, of all slips and effective errors, in tenths of a percent."""
        whole = len(self.mutants) + self.detection.effective
        return 1000 * (self.killed + self.detection.count("found")) // whole if whole else 0


def score(book: RuleBook, rules: Sequence[Rule], families: Sequence[str], filings: int, figures: int) -> Score:
    """Score some rules of a book (loaded with its examples, not from the cache) and what all of its rules find."""
    return Score(tuple(score_mutants(book, rules)), detect(book, families, filings, figures))


def score_lines(result: Score, *, show: bool) -> Iterator[str]:
    """The score in words; `show` lists everything that survived."""
    yield say("score.mutants", killed=result.killed, mutants=len(result.mutants))
    for slip in SLIPS:
        mine = [mutant for mutant in result.mutants if mutant.slip == slip]
        yield "  " + say(f"score.{slip}", killed=sum(m.killed for m in mine), mutants=len(mine))
    yield say("score.equivalent", mutants=sum(result.why(REASONS).values()))
    yield from (f"  {say(f'score.why.{why}')}: {count}" for why, count in result.why(REASONS).items())
    yield say("score.weak", rules=len({m.rule for m in result.survivors}), mutants=len(result.survivors))
    yield from (f"  {say(f'score.why.{why}')}: {count}" for why, count in result.why(LACKS).items())
    if show:
        yield from (f"  {m.rule}  {say(f'score.slip.{m.slip}')}  {m.what}  {m.entry}" for m in result.survivors)
    yield from _detection(result.detection, show=show)
    whole, rest = divmod(result.tenths, 10)
    yield say("score.total", score=f"{whole}.{rest}")


def _detection(found: Detection, *, show: bool) -> Iterator[str]:
    yield say(
        "score.errors",
        found=found.count("found"),
        errors=found.effective,
        equivalent=found.count(Effect.EQUIVALENT.value),
        unseen=found.count(Effect.UNSEEN.value),
    )
    for name, counts in sorted(found.by_cause.items()):
        yield "  " + say(
            "score.cause", cause=say(f"cause.{name}.name"), found=counts["found"], errors=_effective(counts)
        )
    for name, counts in found.by_family.items():
        yield "  " + say("score.cause", cause=name, found=counts["found"], errors=_effective(counts))
    yield say("score.static", count=len(found.contradicted))
    if show:
        yield from (f"  {t.family}  {t.address}  {t.cause.value}  {t.effect.value}" for t in found.contradicted)
    yield say("score.alone", rules=len(found.alone))
    yield from (
        f"  {rule}  {count}  {found.helped[rule]}" for rule, count in found.alone.most_common(None if show else 10)
    )
    if show:
        yield say("score.missed", count=len(found.missed))
        yield from (f"  {t.family}  {t.address}  {t.cause.value}  {t.effect.value}" for t in found.missed)


def _effective(counts: Counter[str]) -> int:
    return sum(counts[effect.value] for effect in Effect if effect is not Effect.EQUIVALENT)


def score_data(result: Score) -> dict[str, Any]:
    """The score as data, for other programs."""
    found = result.detection
    return {
        "score": f"{result.tenths // 10}.{result.tenths % 10}",
        "mutants": {"made": len(result.mutants), "killed": result.killed, "equivalent": result.why(REASONS)},
        "survivors": [[m.rule, m.slip, m.what, m.entry, m.why] for m in result.survivors],
        "survive": result.why(LACKS),
        "errors": {
            "effective": found.effective,
            "found": found.count("found"),
            **{effect.value: found.count(effect.value) for effect in Effect},
        },
        "by_cause": {name: dict(sorted(counts.items())) for name, counts in sorted(found.by_cause.items())},
        "by_family": {name: dict(sorted(counts.items())) for name, counts in found.by_family.items()},
        "found_alone": dict(found.alone.most_common()),
        "missed": [[t.family, t.address, t.cause.value, t.effect.value] for t in found.missed],
        "static_differs": [[t.family, t.address, t.cause.value, t.effect.value] for t in found.contradicted],
    }
