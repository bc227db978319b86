"""Composing mails, queueing them and handing them to a mail server."""
