"""The register of intellectual property: what each party brought along, and what came out of working together."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from absah.agreements.model import Rules
from absah.agreements.parties import Role
from absah.kernel.errors import BadInput, RuleBroken


class ContributionMissing(BadInput):
    """New property belongs to both by what each contributed, so that is written down. Parameter: title."""

    code = "agreements.contribution-missing"


class WrittenAgreementMissing(RuleBroken):
    """This agreement asks for a written agreement about new property. Parameter: title."""

    code = "agreements.written-agreement-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What a party put in."""

    by: Role
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """It existed before (bawaan) and stays with its owner."""

    title: str
    owner: Role
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreground:
    """It came out of the cooperation and belongs to both."""

    title: str
    made_on: date
    contributions: tuple[Contribution, ...]
    written_agreement: str = ""


Asset: TypeAlias = Background | Foreground


def check_asset(asset: Asset, rules: Rules, /) -> None:
    """The register may take it. Raises ContributionMissing, WrittenAgreementMissing."""
    if isinstance(asset, Background):
        return
    if not any(each.what.strip() for each in asset.contributions):
        raise ContributionMissing(title=asset.title)
    if rules.ip_needs_written_agreement and not asset.written_agreement.strip():
        raise WrittenAgreementMissing(title=asset.title)
