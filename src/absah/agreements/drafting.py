"""Beginning an agreement: from a shipped model, or as a copy of another agreement for new parties."""

from datetime import date
from importlib.resources import files

from absah.agreements.events import Drafted
from absah.agreements.model_toml import NoSuchModel, model_names, parse_model
from absah.agreements.parties import DatedName, Parties
from absah.kernel.clock import Instant


def model_source(name: str, /) -> str:
    """The TOML of a shipped model, to be used as it is or edited first."""
    if name not in model_names():
        raise NoSuchModel(name=name[:40])
    return (files("absah.agreements") / "models" / f"{name}.toml").read_text(encoding="utf-8")


def draft_from_model(  # noqa: PLR0913  (what an agreement begins with; every one is named)
    name: str,
    /,
    *,
    parties: Parties,
    issuer: tuple[DatedName, ...],
    on: date,
    now: Instant,
    stated_day: date | None = None,
    source: str | None = None,
) -> Drafted:
    """The first event of a new agreement. `source` is the model's text where it was edited; it is read first."""
    text = model_source(name) if source is None else source
    parse_model(text, name=name)
    return Drafted(
        on=on, recorded_at=now, model=name, source=text, parties=parties, issuer=issuer, stated_day=stated_day
    )


def copy_for(drafted: Drafted, /, *, parties: Parties, on: date, now: Instant) -> Drafted:
    """A new draft with the text of another agreement, for the next ministry or province. Nothing else is taken over."""
    return Drafted(
        on=on, recorded_at=now, model=drafted.model, source=drafted.source, parties=parties, issuer=drafted.issuer
    )
