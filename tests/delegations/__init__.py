"""Tests of the delegations app."""
