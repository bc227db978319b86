"""Import of iCalendar files and feeds of other organisers into the events of a team."""
