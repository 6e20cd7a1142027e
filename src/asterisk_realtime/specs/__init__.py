"""What a caller wants, as frozen classes whose instances are valid by construction."""
