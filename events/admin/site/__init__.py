"""The admin site itself: style, navigation, start page."""
