"""What all screens of the admin are built from, including those of other apps."""
