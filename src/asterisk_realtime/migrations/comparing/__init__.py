"""Compare a database with the wanted tables, and find the obstacles to an upgrade."""
