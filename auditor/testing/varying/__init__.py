"""Varied copies of a read document: the same disclosure as another place or office might have printed it.

A variation changes how things are printed (order, labels, titles, units, layout of cells), never what is said. What
every cell of the original says is known from its own reading, by a stamp that each cell carries, so that variations
may follow one another; `comparing` tells whether a copy is read alike.
"""
