"""Mail composed, queued and handed to a server."""
