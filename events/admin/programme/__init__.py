"""The programme of an event, written as rows."""
