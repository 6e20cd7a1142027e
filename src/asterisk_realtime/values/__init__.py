"""Words that Asterisk understands, as Python types."""
