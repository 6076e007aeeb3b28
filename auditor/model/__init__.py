"""What everything else speaks of: figures and units, facts, documents, filings, tables, outlines, entities."""
