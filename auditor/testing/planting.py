"""Plant errors: change one printed figure the way people do, with the cause told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.numbers import decimal_text, parse_literal

if TYPE_CHECKING:
    from auditor.testing.printed_ledger import Printed

CAUSES = ("transposed", "digit", "dropped_digit", "added_digit", "factor_ten", "unit", "sign")


@dataclass(frozen=True, slots=True)
class PlantedError:
    """One planted error: where, what was true, what is printed now, and why."""

    table: str
    row: str
    column: str
    true: str
    printed: str
    cause: str


def corrupt(text: str, cause: str) -> str | None:
    """Change a printed number by a cause; None where the cause changes nothing (all digits alike, say)."""
    literal = parse_literal(text)
    digits = list(str(abs(literal.digits)).rjust(literal.decimals + 1, "0"))
    if cause == "transposed":
        pair = next(
            (i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and digits[i + 1 : i + 2] != ["0"]), None
        )
        if pair is None:
            return None
        digits[pair], digits[pair + 1] = digits[pair + 1], digits[pair]
    elif cause == "digit":
        digits[0] = str(int(digits[0]) % 9 + 1)
    elif cause == "dropped_digit":
        if len(digits) <= literal.decimals + 1:
            return None
        del digits[1]
    elif cause == "added_digit":
        digits.insert(1, digits[0])
    elif cause in ("factor_ten", "unit"):
        digits += "0" if cause == "factor_ten" else "0000"
    number = int("".join(digits))
    if literal.digits < 0 or cause == "sign":
        number = -number
    changed = decimal_text(number, 10**literal.decimals, literal.decimals)
    return None if changed == decimal_text(literal.digits, 10**literal.decimals, literal.decimals) else changed


def plant(printed: Printed, table: str, row: str, column: str, cause: str) -> PlantedError | None:
    """Plant one error in printed tables (changed in place); None where the cause changes nothing there."""
    true = printed[table][row, column]
    changed = corrupt(true, cause)
    if changed is None:
        return None
    printed[table][row, column] = changed
    return PlantedError(table, row, column, true, changed, cause)
