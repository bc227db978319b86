"""A programme entered many parts at once."""
