"""Failures of delivery with real processes; `make faults` runs all of them, for longer."""
