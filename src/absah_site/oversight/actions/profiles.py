"""Accepting a profile: what the certificates of a kind look like is changed by two people.

A profile comes with a release; what was accepted is its SHA-256. A release that changes it asks again.
"""

import hashlib
from importlib.resources import files
from pathlib import Path

from django.db import transaction

from absah.adapters.ceremonies.samples import sample_of
from absah.adapters.ceremonies.steps import JudgeMissing, JudgeObjects
from absah.audit.tags import OversightTag
from absah.cli.offline import Document
from absah.cli.offline import Kind as DocumentKind
from absah.cli.second_opinion import is_installed, second_opinion
from absah.kernel.errors import RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah.pki.lint import blocking
from absah.pki.profile_toml import read_profile_document
from absah.pki.profiles import load_profile
from absah_site import composition
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.oversight import store
from absah_site.oversight.access import accepted_profiles
from absah_site.oversight.actions.proposals import approve, propose
from absah_site.oversight.store import Kind, Proposal


class ProfileNotAccepted(RuleBroken):
    """Two people have not accepted this profile as it is in this release. Parameter: profile."""

    code = "oversight.profile-not-accepted"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="1")


class ProfileAccepted(WrongState):
    """This profile is accepted as it is. Parameter: profile."""

    code = "oversight.profile-accepted"


def check_by_second_opinion(name: str, /) -> None:
    """Whether pkilint finds no fault in a sample of what a profile makes. Raises JudgeMissing, JudgeObjects."""
    if not is_installed():
        raise JudgeMissing(profile=name)
    sample, profile = sample_of(name, composition.clock().now(), composition.rng())
    document = Document(path=Path(name), kind=DocumentKind.CERTIFICATE, der=sample)
    found = blocking(second_opinion(document, profile))
    if found:
        raise JudgeObjects(findings=", ".join(finding.code for finding in found))


def profile_hash(name: str, /) -> str:
    """SHA-256 over a profile's file. Raises ProfileUnknown, and the rules' own errors for one that is unlawful."""
    read_profile_document(name)
    load_profile(name)
    page = files("absah.pki") / "catalogue" / f"{name}.toml"
    return hashlib.sha256(page.read_bytes()).hexdigest()


def propose_profile(name: str, why: str, /, *, by: Actor) -> Proposal:
    """Ask that a profile be accepted as this release has it."""
    sha256 = profile_hash(name)
    if accepted_profiles().get(name) == sha256:
        raise ProfileAccepted(profile=name)
    return propose(Kind.PROFILE_ACCEPTANCE, {"profile": name, "sha256": sha256}, why, by=by)


@transaction.atomic
def accept_profile(found: Proposal, /, *, by: Actor) -> Proposal:
    """Approve, which is all there is to do, once pkilint has read a sample.

    Refused where the release has changed the profile meanwhile, and where pkilint is not installed or objects.
    """
    name = str(found.content["profile"])
    if profile_hash(name) != found.content["sha256"]:
        raise ProfileNotAccepted(profile=name)
    check_by_second_opinion(name)
    approved = approve(found.public_id, by=by)
    now = composition.clock().now()
    store.set_done(found.public_id, at=now)
    facts = {"kind": found.kind.value, "profile": name, "sha256": str(found.content["sha256"])}
    record(at=now, tag=OversightTag.CHANGE_DONE, actor=by.reference, subject=found.reference, facts=facts)
    return approved


def check_accepted(name: str, /) -> None:
    """Raises ProfileNotAccepted."""
    if accepted_profiles().get(name) != profile_hash(name):
        raise ProfileNotAccepted(profile=name)
