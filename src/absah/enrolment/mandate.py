"""By what authority somebody signs a letter, where it is not the own post: the lines that stand above the signature.

    a.n. Wali Kota Sagara Biru          (atas nama: on behalf of)
    Sekretaris Daerah

    a.n. Wali Kota Sagara Biru          (untuk beliau: one step further down)
    Sekretaris Daerah
    u.b.
    Kepala Bagian Umum

    Plt. Kepala Dinas Kesehatan         (pelaksana tugas: the post is vacant; Plh. pelaksana harian: its holder is away)

A mandate is a record of the agency with the decree that it rests on; nobody types such a line over a signature.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from absah.kernel.errors import BadInput, WrongState


class MandateKind(StrEnum):
    """The four of Indonesian official letters, as they are printed."""

    ON_BEHALF = "a.n."
    FOR_THEM = "u.b."
    ACTING = "Plt."
    ACTING_DAILY = "Plh."

    @property
    def is_acting(self) -> bool:
        """Whether another post is held for a time, in place of signing for whoever holds it."""
        return self in {MandateKind.ACTING, MandateKind.ACTING_DAILY}


class MandateUnlawful(BadInput):
    """A mandate names a post and a decree; u.b. also the post between; Plt. and Plh. an end. Parameter: problem."""

    code = "enrolment.mandate-unlawful"


class MandateOver(WrongState):
    """The authority under which somebody was to sign has not begun, has ended, or was taken back."""

    code = "enrolment.mandate-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """`post` is the one signed for, or acted in; `through` the post between (u.b.). The last day is included."""

    kind: MandateKind
    post: str
    decree: str
    since: date
    until: date | None = None
    through: str = ""

    def __post_init__(self) -> None:
        if not (self.post.strip() and self.decree.strip()):
            raise MandateUnlawful(problem="empty")
        if bool(self.through.strip()) is not (self.kind is MandateKind.FOR_THEM):
            raise MandateUnlawful(problem="through")
        if self.until is None and self.kind.is_acting:
            raise MandateUnlawful(problem="no-end")
        if self.until is not None and self.until < self.since:
            raise MandateUnlawful(problem="period")

    def holds_on(self, day: date, /) -> bool:
        """Whether it may be used on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def lines(self, own_post: str, /) -> tuple[str, ...]:
        """What is printed above the name of whoever holds `own_post`."""
        match self.kind:
            case MandateKind.ON_BEHALF:
                return (f"a.n. {self.post}", own_post)
            case MandateKind.FOR_THEM:
                return (f"a.n. {self.post}", self.through, "u.b.", own_post)
            case MandateKind.ACTING | MandateKind.ACTING_DAILY:
                return (f"{self.kind.value} {self.post}",)
