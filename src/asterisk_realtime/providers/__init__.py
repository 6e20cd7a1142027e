"""SIP providers: their published addresses and rules, and specs of their trunks."""
