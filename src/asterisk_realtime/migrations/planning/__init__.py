"""Plan an upgrade: its statements, their order, and the obstacles."""
