"""Specs as JSON: to dictionaries, from dictionaries, and the JSON Schema of a class."""
