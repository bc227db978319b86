"""The tree of events and its invariants; SEQUENCE and revision."""
