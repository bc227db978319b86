"""What all tables share: fields, teams, locks, the clock, history, prepared statements."""
