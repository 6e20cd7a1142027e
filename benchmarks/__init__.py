"""Benchmarks: how long the library takes, as a multiple of the same work without it."""
