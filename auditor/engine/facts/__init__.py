"""Facts of many filings as arrays, and the blocks that rules are bound in."""
