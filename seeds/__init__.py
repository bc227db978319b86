"""The catalogue of real events, and how it is loaded."""
