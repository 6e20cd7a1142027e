"""Provision things of any kind: read, compare, plan and write, in one savepoint."""
