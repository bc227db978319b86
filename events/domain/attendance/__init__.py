"""Attendees: invitations, answers, seats, waiting list, check-in, and replies by mail."""
