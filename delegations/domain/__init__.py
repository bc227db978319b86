"""Rules and decisions about delegations."""
