"""Find anything: what can be found, how it is found, and how it is told apart from its like."""
