"""
A real Asterisk and a SIPp that plays Twilio, on loopback, without root: for tests and `make call`.

Only the standard library is used. Nothing here is part of the installed package.
"""
