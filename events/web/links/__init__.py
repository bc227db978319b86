"""Pages at signed addresses: answers to invitations, opt-outs."""
