"""Log filters: tokens of secret addresses are removed."""

import logging

from events.values import secretpaths


class WithoutSecrets(logging.Filter):
    """Replace the tokens of secret addresses by an ellipsis, in the message and its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if (masked := secretpaths.masked(text)) != text:
            record.msg, record.args = masked, ()
        return True
