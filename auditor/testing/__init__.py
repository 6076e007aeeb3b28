"""Generated filings: unrounded ledgers rolled up and printed, with planted errors; for tests, examples, benchmarks."""
