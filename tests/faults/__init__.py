"""The failure matrix of delivery, with real processes: `make faults` runs all of it, longer."""
