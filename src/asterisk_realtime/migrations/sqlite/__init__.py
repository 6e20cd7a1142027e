"""SQLite: its own text of each table, and the statements that change or recreate it."""
