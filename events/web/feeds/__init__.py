"""Calendar feeds over HTTP, and how to subscribe to them."""
