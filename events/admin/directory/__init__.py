"""The screens of people, organisations, places and teams."""
