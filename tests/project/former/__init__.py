"""Databases of former versions, and the code that makes them."""
