"""What the rows of other things allow: who enters a context, and what is dialled from it."""
