"""The worker of the mail queue: claim, check once more, send, record."""
