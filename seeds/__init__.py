"""The catalogue of real events, and the code that loads it."""
