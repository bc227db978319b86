"""Databases as former versions left them, and how each was made."""
