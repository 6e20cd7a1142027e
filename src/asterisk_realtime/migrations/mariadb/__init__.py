"""MariaDB and MySQL: read the catalogue, find obstacles, and write the statements of an upgrade."""
