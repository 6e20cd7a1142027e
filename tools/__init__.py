"""Programs for the people who work on this library."""
