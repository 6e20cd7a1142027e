"""What a database has beside what is wanted, and what stands in the way."""
