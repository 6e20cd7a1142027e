"""PostgreSQL: what it holds, permits and refuses, and the statements that change its tables."""
