"""What all screens are made of, those of other apps too."""
