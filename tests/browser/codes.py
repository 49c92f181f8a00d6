"""An authenticator app, as a person holds it."""

import time
from dataclasses import dataclass, field

from absah.adapters.totp import STEP_SECONDS, code_for_step, read_base32


@dataclass
class App:
    """Shows the codes of a secret. Each works once, and one step of drift is allowed (RFC 6238 §5.2)."""

    secret: str = field(repr=False)
    _used: int = 0

    def code(self) -> str:
        """A code that was not used yet: of this half minute, or else of the next, which is taken already."""
        step = max(_present(), self._used + 1)
        while step > _present() + 1:
            time.sleep(0.2)
        self._used = step
        return code_for_step(read_base32(self.secret), step)


def _present() -> int:
    return int(time.time()) // STEP_SECONDS
