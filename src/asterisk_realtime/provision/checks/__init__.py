"""Checks against the rows of other things: who enters a context, and what is dialled from it."""
