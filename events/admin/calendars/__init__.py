"""The screens of calendar feeds and of imports of calendars."""
