"""Mails that delegations send."""
