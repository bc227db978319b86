"""What a log may say: secrets in addresses are left out."""

import logging

from events.values import secretpaths


class WithoutSecrets(logging.Filter):
    """Put an ellipsis for what makes an address secret, in the text and in what fills it in."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if (masked := secretpaths.masked(text)) != text:
            record.msg, record.args = masked, ()
        return True
