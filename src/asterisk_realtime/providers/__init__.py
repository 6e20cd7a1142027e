"""SIP providers: dated data, and short functions that turn it into trunks."""
