"""Verdicts on bound statements: equalities, rates, sets and presence."""
