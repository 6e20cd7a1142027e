"""From a spec to rows (pure), and from rows to the caller's database session."""
