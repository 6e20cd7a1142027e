"""The kinds of things: which rows each is, and how its spec is read back."""
