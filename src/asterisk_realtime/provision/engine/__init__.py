"""How any thing is provisioned: look, compare, plan, and change, in one savepoint."""
