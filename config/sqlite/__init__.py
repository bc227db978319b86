"""Django's SQLite backend with a pool of idle connections; see `base.py`."""
