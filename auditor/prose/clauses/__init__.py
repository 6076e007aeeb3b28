"""Sentences by themselves: every number of the text with its phrase, and the numbers that its own clause ties to it."""
