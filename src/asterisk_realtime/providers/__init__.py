"""SIP providers: dated data, and specs that turn it into trunks."""
