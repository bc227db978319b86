"""How dates and times are written and read, where Django would do it otherwise."""
