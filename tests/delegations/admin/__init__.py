"""The organisers' screens of delegations."""
