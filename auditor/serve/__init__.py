"""A page for people: `auditor serve` opens it on this machine alone; files are dropped in, reports stand in place."""
