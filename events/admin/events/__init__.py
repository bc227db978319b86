"""The screens of events and of the rows that belong to them."""
