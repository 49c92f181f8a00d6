"""Name constraints along a path: permitted_subtrees and excluded_subtrees (RFC 5280 §6.1.1, §6.1.3 b c, §6.1.4 g).

The intersection of permitted subtrees is never computed: a name must lie in each certificate's permitted subtrees of
its form, which says the same. Names times constraints are counted, so that a certificate with thousands of either
costs a refusal and not a minute.
"""

from dataclasses import dataclass
from typing import Final

from absah.validation.path.certificate import Certificate
from absah.validation.path.extensions import NameConstraints
from absah.validation.path.general_names import Form, GeneralName
from absah.validation.path.name_forms import SUPPORTED, NotAName, Subtree, read_subtree
from absah.validation.path.names import EMPTY, email_addresses
from absah.validation.path.refusals import Reason

MAXIMUM_COMPARISONS: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What has been constrained so far. `permitted` has one group for each certificate and form that said so.

    `unsupported` are forms that somebody constrained and nobody here can compare: no name of them may come after.
    """

    permitted: tuple[tuple[Form, tuple[Subtree, ...]], ...] = ()
    excluded: tuple[Subtree, ...] = ()
    unsupported: frozenset[Form] = frozenset()

    @property
    def count(self) -> int:
        return len(self.excluded) + sum(len(group) for _, group in self.permitted)

    def narrowed(self, more: NameConstraints, /) -> "Constraints":
        """With those of one more certificate (§6.1.4 g). Raises NotAName for a constraint that is none."""
        permitted: dict[Form, list[Subtree]] = {}
        for name in more.permitted:
            if name.form in SUPPORTED:
                permitted.setdefault(name.form, []).append(read_subtree(name))
        excluded = tuple(read_subtree(name) for name in more.excluded if name.form in SUPPORTED)
        forms = {name.form for name in (*more.permitted, *more.excluded)}
        return Constraints(
            permitted=(*self.permitted, *((form, tuple(group)) for form, group in permitted.items())),
            excluded=self.excluded + excluded,
            unsupported=self.unsupported | (forms - SUPPORTED),
        )

    def work(self, certificate: Certificate, /) -> int:
        """How many comparisons it takes to judge a certificate's names."""
        return self.count * len(names_of(certificate)) if self.count else 0

    def judge(self, certificate: Certificate, /) -> tuple[Reason, str] | None:
        """What §6.1.3 (b) and (c) have against a certificate's names, and the name; None: nothing."""
        if not (self.permitted or self.excluded or self.unsupported):
            return None
        names = names_of(certificate)
        if len(names) * self.count > MAXIMUM_COMPARISONS:
            return Reason.TOO_MANY_NAMES, str(len(names))
        for name in names:
            reason = self._judge_name(name)
            if reason is not None:
                return reason, f"{name.form.name.lower()}:{name.value!r}"
        return None

    def _judge_name(self, name: GeneralName) -> Reason | None:
        if name.form in self.unsupported:
            return Reason.NAME_FORM_UNSUPPORTED
        try:
            for form, group in self.permitted:
                if form is name.form and not any(subtree.holds(name) for subtree in group):
                    return Reason.NAME_NOT_PERMITTED
            for subtree in self.excluded:
                if subtree.form is name.form and subtree.holds(name, excluding=True):
                    return Reason.NAME_EXCLUDED
        except NotAName:
            return Reason.NAME_UNREADABLE
        return None


def names_of(certificate: Certificate, /) -> tuple[GeneralName, ...]:
    """Every name that constraints apply to: the alternative ones, the subject, and e-mail hidden in the subject."""
    names = certificate.extensions.subject_names
    if not names:
        # §4.2.1.10: "but the certificate does not include a subject alternative name"
        names = tuple(GeneralName(Form.EMAIL, address) for address in email_addresses(certificate.subject))
    if certificate.subject != EMPTY:
        names = (GeneralName(Form.DIRECTORY, certificate.subject), *names)
    return names
