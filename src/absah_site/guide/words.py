"""The words of the first steps, and what each role of the demo is good for trying."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah_site.guide.access import Step
from absah_site.roles import Role

Words = Promise | str
#: Of each step: its name, and what to do.
STEPS: Final[dict[Step, tuple[Words, Words]]] = {
    Step.ENTER: (_("Sign in"), _("You are in.")),
    Step.SIGN: (
        _("Sign"),
        _("Read the document that waits for you, agree, and open your key. That page tells you what to type."),
    ),
    Step.CHECK: (_("Check"), _("Have your signed document checked, as anybody who receives it would.")),
    Step.FORGE: (_("Forge"), _("Now change a single bit in a copy, and look at what the check says.")),
}
#: Of each role: what to try, and where.
TRIALS: Final[dict[Role, tuple[Words, str]]] = {
    Role.SIGNER: (_("read and sign, alone or many at once"), "dossiers:inbox"),
    Role.AGENCY_ADMIN: (_("send a document round, keep the archive, confirm a seal"), "dossiers:new"),
    Role.VERIFIKATOR: (_("check who applies for a certificate"), "registration:queue"),
    Role.RA: (_("decide who gets a certificate"), "registration:queue"),
    Role.CA: (_("watch over the authority, approve with a colleague"), "oversight:overview"),
    Role.OPERATOR: (_("see that services, jobs and mails run"), "oversight:overview"),
    Role.AGREEMENT_OFFICER: (_("follow the agreement: duties, dates, cases"), "agreements:portfolio"),
    Role.PRIVACY_OFFICER: (_("answer requests about personal data"), "privacy:queue"),
    Role.AUDITOR: (_("read the ledger and check it"), "ledger:explorer"),
}
