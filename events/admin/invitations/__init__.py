"""Invitations: the page on which their text is written, and the steps that send them."""
