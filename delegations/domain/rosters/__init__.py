"""Who travels: members, their legs and quotas, kept in step with attendees."""
