"""The error tree: a stable code and parameters, never translated text.

    AbsahError
    ├── RuleBroken      a norm, our CPS or the design forbids it; carries a citation where one exists
    ├── BadInput        what was handed in cannot be read or used as it is
    ├── NotAllowed      this actor may not, or not now, or not with these factors
    ├── NotFound        does not exist, or exists but is not yours: we say neither
    ├── WrongState      right thing, wrong moment of its life
    └── Unavailable     a service or device we depend on did not answer; safe to try again

Areas subclass. The words live in the catalogues (`absah.kernel.messages`), keyed by `code`; a test demands both
languages and an entry in `docs/reference/errors.md` for every concrete class. Parameters end up on screens and in
logs: never a passphrase, a key, a one-time code or a NIK.
"""

from collections.abc import Callable
from typing import ClassVar, TypeAlias

from absah.kernel.refs import Citation

Parameter: TypeAlias = str | int


class AbsahError(Exception):
    """Anything that Absah refuses. `code` is stable across releases; `parameters` fill the catalogue's sentence."""

    code: ClassVar[str] = "absah"
    citation: ClassVar[Citation | None] = None

    def __init__(self, **parameters: Parameter) -> None:
        super().__init__(self.code, parameters)
        self.parameters = parameters

    def __reduce__(self) -> tuple[Callable[..., "AbsahError"], tuple[type["AbsahError"], dict[str, Parameter]]]:
        """Errors cross process borders (worker pools, parallel tests); parameters are keywords, so say how."""
        return _remake, (type(self), self.parameters)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.code}({details})"


def _remake(kind: type[AbsahError], parameters: dict[str, Parameter], /) -> AbsahError:
    return kind(**parameters)


class RuleBroken(AbsahError):
    """A norm, our CPS or the design forbids it."""

    code = "rule"


class BadInput(AbsahError):
    """What was handed in cannot be read or used as it is."""

    code = "input"


class NotAllowed(AbsahError):
    """This actor may not do this, or not now, or not with these factors."""

    code = "not-allowed"


class NotFound(AbsahError):
    """It does not exist, or exists but is not yours: we say neither."""

    code = "not-found"


class WrongState(AbsahError):
    """The right thing at the wrong moment of its life."""

    code = "state"


class Unavailable(AbsahError):
    """A service or device we depend on did not answer. Nothing was done; it is safe to try again."""

    code = "unavailable"


def concrete_errors() -> tuple[type[AbsahError], ...]:
    """Every error class that code can raise and people can meet: the leaves of the tree, sorted by code."""
    found: set[type[AbsahError]] = set()
    waiting: list[type[AbsahError]] = [AbsahError]
    while waiting:
        parent = waiting.pop()
        children = parent.__subclasses__()
        waiting.extend(children)
        if not children:
            found.add(parent)
    return tuple(sorted(found, key=lambda error: error.code))
