"""Converters and types of checked values: names, numbers, networks, secrets and enums."""
