"""The prose of a filing: sections and sentences into claims, claims into tables of facts. Wordings are data."""
