"""The screens of delegations in the admin."""
