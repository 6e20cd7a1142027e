"""Specs as JSON: dictionaries of them, specs of dictionaries, and the JSON Schema of a class."""
