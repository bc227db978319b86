"""The states of a delegation."""
