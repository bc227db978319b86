"""The screens of events and what belongs to them."""
