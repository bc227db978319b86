"""Rosters: members, legs and quotas of delegations, with attendees that follow them."""
