"""Plain Python values; no module here imports Django."""
