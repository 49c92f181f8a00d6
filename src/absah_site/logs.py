"""The log carries no personal numbers, and no link that opens something.

Nothing should write one; this filter stands behind the last handler in case something does, a URL or a traceback.
"""

import logging
import re

_NUMBER = re.compile(r"(?<![0-9A-Fa-f])([0-9]{4})[0-9]{8}([0-9]{4})(?![0-9A-Fa-f])")
#: 256 random bits in base64url, as links have them: 43 characters between slashes.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?=/|\s|$)")
_FORMATTER = logging.Formatter()


def mask_numbers(text: str, /) -> str:
    """Replace the middle of numbers of 16 digits, the length of a NIK (`9999••••••••0001`), and the tokens of links.

    A refused request is logged with its address, and its link may still be good: somebody else had opened it.
    """
    return _TOKEN.sub("••••••••", _NUMBER.sub(r"\1••••••••\2", text))


class MaskNumbers(logging.Filter):
    """Masks what a record says, its traceback included. Lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask_numbers(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask_numbers(record.exc_text)
        return True
