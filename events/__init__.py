"""Events, places, people, feeds and reminders: the shared bottom of the house."""
