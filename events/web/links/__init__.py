"""Pages behind signed addresses: answers to invitations, opt-outs."""
