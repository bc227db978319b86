"""Applications, from the call to the decision."""
