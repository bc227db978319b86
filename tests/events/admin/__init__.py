"""The screens of events in the admin."""
