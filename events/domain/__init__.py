"""Decisions: told the time, knowing neither HTTP nor Celery."""
