"""What a refusal of the domain means to the person at the screen, in their language."""

from functools import singledispatch


@singledispatch
def sentence(refusal: Exception) -> str:
    """Return the sentence for a refusal; what is none of ours is a fault, and goes on up."""
    raise refusal
