"""Texts of modules without Django, marked for translation; the code that shows them translates."""


def gettext_noop(text: str) -> str:
    """Return the text unchanged; `makemessages` finds it by the name of this function."""
    return text
