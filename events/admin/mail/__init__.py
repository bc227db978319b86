"""The screens of reminder rules, deliveries and replies."""
