"""Workbooks and CSV files: sheets as blocks."""
