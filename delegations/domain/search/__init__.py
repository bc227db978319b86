"""What delegations are found as."""
