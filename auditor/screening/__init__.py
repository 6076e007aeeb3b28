"""Screening: many filings over local processes or a cluster, resumable, with results as Parquet files."""
