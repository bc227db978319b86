"""The read-only API: public rows as JSON, described by OpenAPI."""
