"""Django's SQLite backend with connections that are kept for a moment: `base.py`."""
