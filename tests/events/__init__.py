"""Tests of the app events."""
