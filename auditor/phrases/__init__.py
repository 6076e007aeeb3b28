"""Wordings as data (`rules/phrases`): the words of the prose, and what else texts are searched for."""
