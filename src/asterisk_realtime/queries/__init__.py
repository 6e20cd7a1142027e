"""Questions that everybody has about calls and queues, as `select()` statements."""
