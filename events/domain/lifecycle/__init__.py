"""Changes of an event: saving, status steps, moving, cloning, recomputation after zone updates."""
