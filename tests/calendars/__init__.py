"""Tests of what calendars read: golden feeds and other people's readers."""
