"""What kind of equality a relation states, and with it how exactly it must hold."""

from __future__ import annotations

from enum import StrEnum


class Equality(StrEnum):
    """What kind of statement a relation is, and with it how exactly it must hold."""

    BALANCE = "balance"  # the two sides of one account: equal as printed
    SUM = "sum"  # parts and their total
    UNITS = "units"  # a department and its units: each prints by its own program, sums of rounded figures among them
    SAME = "same"  # the same quantity in two tables; a leaf printed twice must be equal
    ALIKE = "alike"  # two quantities of two tables that should be equal
