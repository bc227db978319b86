"""Who may see and do what: permissions, signed addresses, rate limits."""
