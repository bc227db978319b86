"""The worker of the mail queue: claim, check before sending, send, record the outcome."""
