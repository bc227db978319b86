"""The verbs of a delegation."""
