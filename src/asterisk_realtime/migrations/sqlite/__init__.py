"""SQLite: parse CREATE TABLE statements, and write the statements that change a table."""
