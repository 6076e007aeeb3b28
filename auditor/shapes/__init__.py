"""The shape of a printed table, told by its own print alone: no form, no label list, no rule is asked."""
