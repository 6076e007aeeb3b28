"""The score of a rule book: what generated errors it finds, and whether the rules' own examples would notice a slip."""
