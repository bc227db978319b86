"""Public and secret calendar feeds: content, cache, conditional requests."""
