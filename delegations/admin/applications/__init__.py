"""Applications in the admin: one, their list, and rounds that decide several."""
