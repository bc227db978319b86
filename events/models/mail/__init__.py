"""Reminder rules, deliveries, notices, replies, and how mails are worded."""
