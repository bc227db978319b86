"""People, organisations and places: saving, merging, erasure, change history."""
