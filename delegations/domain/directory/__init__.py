"""People and organisations in delegations: merged with their rows there."""
