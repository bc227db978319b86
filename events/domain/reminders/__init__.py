"""What makes a mail fall due: reminder rules, and changes that are to be told."""
