"""Events, places, people, feeds and mails: the app that the other apps build on."""
