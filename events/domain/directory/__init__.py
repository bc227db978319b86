"""People, organisations and places: stored, merged, erased, with their history."""
