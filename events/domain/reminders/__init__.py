"""What makes mails fall due: reminder rules, and changes of events that attendees must know."""
