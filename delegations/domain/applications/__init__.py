"""From the call to the accepted application."""
