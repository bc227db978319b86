"""Public and secret calendar feeds: their content, caches and conditional requests."""
