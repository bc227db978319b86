"""What a log may say: secrets in addresses are left out."""

import logging
import re

SECRET = re.compile(r"(/(?:calendar/f|a|u)/)[^/\s\"'?]+")


class WithoutSecrets(logging.Filter):
    """Put an ellipsis for what makes an address secret, in the text and in what fills it in."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if SECRET.search(text):
            record.msg, record.args = SECRET.sub(r"\1…", text), ()
        return True
