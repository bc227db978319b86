"""What an organiser's work costs in clicks, keys and minutes: `make effort`."""
