"""What the home of a row is made of: the page that lists, steps and saving lead to."""
