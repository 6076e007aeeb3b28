"""From addresses and selections to positions in the table of facts, instance by instance."""
