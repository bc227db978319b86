"""Read models of the pages of delegations that organisers land on."""
