"""MariaDB and MySQL: what they hold, permit and refuse, and how their tables are changed."""
