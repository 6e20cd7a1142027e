"""What a database holds now: its tables, cells and versions."""
