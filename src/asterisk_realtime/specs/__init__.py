"""Specs: frozen classes that describe trunks, phones, queues and so on; checked when created."""
