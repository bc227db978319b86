"""Calendar feeds over HTTP, and the pages that explain how to subscribe to them."""
