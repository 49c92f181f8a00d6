"""The log carries no personal numbers.

Nothing should write one; this filter stands behind the last handler in case something does, a URL or a traceback.
"""

import logging
import re

_NUMBER = re.compile(r"(?<![0-9A-Fa-f])([0-9]{4})[0-9]{8}([0-9]{4})(?![0-9A-Fa-f])")
_FORMATTER = logging.Formatter()


def mask_numbers(text: str, /) -> str:
    """Replace the middle of every number of 16 digits, the length of a NIK: `9999••••••••0001`."""
    return _NUMBER.sub(r"\1••••••••\2", text)


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
