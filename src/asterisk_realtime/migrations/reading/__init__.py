"""Read a database: its tables, stored values and versions."""
