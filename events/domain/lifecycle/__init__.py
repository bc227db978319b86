"""The verbs of an event: announce, confirm, move, postpone, cancel, clone."""
