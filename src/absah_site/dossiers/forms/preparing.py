"""A new document and what it is; who signs in which order; where each signature stands."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from absah.workflow.dossier import Dossier, Subject, Way
from absah.workflow.parts import Classification, Part, Person, SealName, Spot, Urgency
from absah_site.day_fields import DayField
from absah_site.dossiers.actions.preparing import WantedSeat
from absah_site.enrolment.access.mandates import GivenMandate

KINDS: Final = {
    "letter": _("letter"),
    "decree": _("decree"),
    "assignment": _("letter of assignment"),
    "circular": _("circular"),
    "minutes": _("minutes"),
    "agreement": _("agreement"),
    "other": _("other document"),
}
CLASSES: Final = {
    Classification.PUBLIC: _("public: anybody may have it"),
    Classification.ORDINARY: _("ordinary: for those who take part"),
    Classification.RESTRICTED: _("restricted"),
    Classification.SECRET: _("secret"),
}
URGENCIES: Final = {
    Urgency.ORDINARY: _("ordinary"),
    Urgency.URGENT: _("urgent"),
    Urgency.IMMEDIATE: _("very urgent"),
}
PARTS: Final = {
    Part.SIGN: _("signs"),
    Part.INITIAL: _("initials"),
    Part.COPY: _("receives a copy"),
}
_SPARE_ROWS: Final = 3
_TURNS: Final = 20


class AboutForm(forms.Form):
    """What the document is, and how it goes round."""

    title = forms.CharField(label=_("What it is about"), max_length=300)
    number = forms.CharField(label=_("Number"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    classification = forms.ChoiceField(
        label=_("Who may see it"),
        choices=[(one.value, words) for one, words in CLASSES.items()],
        initial=Classification.ORDINARY.value,
    )
    urgency = forms.ChoiceField(
        label=_("How soon"), choices=[(one.value, words) for one, words in URGENCIES.items()], required=False
    )
    deadline = DayField(label=_("Last day to sign"), required=False)
    message = forms.CharField(
        label=_("A word to the signers"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    notice = forms.BooleanField(
        label=_("Put the statement on electronic certificates at the foot of every page."), required=False, initial=True
    )
    certify = forms.BooleanField(
        label=_("The first signature certifies: afterwards only the signatures asked for are permitted."),
        required=False,
    )

    def subject(self) -> Subject:
        """What it is."""
        data = self.cleaned_data
        return Subject(
            title=data["title"].strip(),
            number=data["number"].strip(),
            kind=data["kind"],
            classification=Classification(data["classification"]),
            urgency=Urgency(data["urgency"] or Urgency.ORDINARY.value),
            message=data["message"].strip(),
        )

    def way(self) -> Way:
        """How it goes round."""
        data = self.cleaned_data
        return Way(deadline=data["deadline"], certify=data["certify"], notice=data["notice"])


class NewForm(AboutForm):
    """A new document."""

    file = forms.FileField(label=_("PDF"), widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}))
    field_order = ("file",)


class ReplaceForm(forms.Form):
    """The mended document."""

    file = forms.FileField(
        label=_("The mended PDF"), widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"})
    )


class SeatForm(forms.Form):
    """One row: somebody, for what, in which turn. An empty row is nobody."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    part = forms.ChoiceField(label=_("Part"), choices=[(one.value, words) for one, words in PARTS.items()])
    turn = forms.IntegerField(label=_("Turn"), min_value=1, max_value=_TURNS)
    mandate = forms.ChoiceField(label=_("Authority"), required=False)
    may_forward = forms.BooleanField(label=_("May pass it on"), required=False)

    def __init__(self, *args: Any, candidates: "Candidates", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("person", "part", "mandate"):
            self.fields[name].choices = candidates.choices(name)  # type: ignore[attr-defined]  # a field with choices

    def wanted(self) -> WantedSeat | None:
        """The seat, or None for an empty row."""
        data = self.cleaned_data
        if not data.get("person"):
            return None
        part, _between, seal = data["part"].partition(":")
        return WantedSeat(
            account=UUID(data["person"]),
            part=Part(part),
            turn=data["turn"],
            mandate=UUID(data["mandate"]) if data["mandate"] else None,
            seal=seal,
            may_forward=data["may_forward"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Who can have a seat: signers, those who confirm a seal, and by what authority somebody may sign."""

    signers: tuple[Person, ...]
    sealers: tuple[tuple[Person, SealName], ...] = ()
    mandates: tuple[GivenMandate, ...] = ()

    def choices(self, name: str, /) -> list[tuple[str, Any]]:
        """The choices of a field."""
        return {"person": self._people, "part": self._parts, "mandate": self._mandates}[name]()

    def _people(self) -> list[tuple[str, Any]]:
        known = {one.account: one for one, _seal in self.sealers} | {one.account: one for one in self.signers}
        named = sorted(known.values(), key=lambda one: one.name)
        return [("", "-"), *((str(one.account), f"{one.name} · {one.post}".removesuffix(" · ")) for one in named)]

    def _parts(self) -> list[tuple[str, Any]]:
        seals = {seal.number: seal.name for _person, seal in self.sealers}
        words = _("confirms the seal “{name}”")
        sealing = [(f"seal:{number}", format_lazy(words, name=name)) for number, name in seals.items()]
        return [*((one.value, said) for one, said in PARTS.items()), *sealing]

    def _mandates(self) -> list[tuple[str, Any]]:
        return [
            ("", _("signs in the own post")),
            *((str(one.id), f"{one.name}: {' / '.join(one.lines)}") for one in self.mandates),
        ]


def seat_forms(data: Any, dossier: Dossier, candidates: Candidates, /) -> list[SeatForm]:
    """A row for each seat there is, and some to fill in."""
    rows = [
        {
            "person": str(seat.person.account),
            "part": seat.part.value if seat.seal is None else f"seal:{seat.seal.number}",
            "turn": seat.turn,
            "mandate": str(seat.mandate) if seat.mandate else "",
            "may_forward": seat.may_forward,
        }
        for seat in dossier.seats
    ]
    last = max((seat.turn for seat in dossier.seats), default=0)
    rows += [{"part": Part.SIGN.value, "turn": last + more} for more in range(1, _SPARE_ROWS + 1)]
    return [SeatForm(data, prefix=f"k{at}", initial=row, candidates=candidates) for at, row in enumerate(rows, start=1)]


class SpotForm(forms.Form):
    """The place of one seat, in points from the upper left of the page as it is displayed."""

    page = forms.IntegerField(label=_("Page"), min_value=1)
    x = forms.FloatField(label=_("From the left"), min_value=0)
    y = forms.FloatField(label=_("From the top"), min_value=0)
    width = forms.FloatField(label=_("Width"), min_value=20)
    height = forms.FloatField(label=_("Height"), min_value=12)

    def __init__(self, *args: Any, pages: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page"].widget.attrs |= {"max": pages, "inputmode": "numeric"}
        for name in ("x", "y", "width", "height"):
            self.fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal"}

    def spot(self) -> Spot:
        """The place. Raises SpotMalformed."""
        data = self.cleaned_data
        return Spot(page=data["page"], x=data["x"], y=data["y"], width=data["width"], height=data["height"])
