"""The admin site itself: look, navigation, start page."""
