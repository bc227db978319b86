"""Tests of the domain of events."""
