"""Log filters: tokens of secret addresses are removed."""

import logging
import re

SECRET = re.compile(r"(/(?:calendar/f|a|u)/)[^/\s\"'?]+")


class WithoutSecrets(logging.Filter):
    """Replace the tokens of secret addresses by an ellipsis, in the message and its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if SECRET.search(text):
            record.msg, record.args = SECRET.sub(r"\1…", text), ()
        return True
