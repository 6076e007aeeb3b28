"""The engine: bind rules to facts in blocks, judge by printed precision, keep the ledger."""
