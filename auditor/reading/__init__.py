"""From files to filings: whose disclosure it is, its family, its versions, its tables and texts."""
