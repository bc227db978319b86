"""Tests of iCalendar output: golden files, and other programs that read it."""
