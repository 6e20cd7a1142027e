"""What an upgrade does, in which order, and whether it may."""
