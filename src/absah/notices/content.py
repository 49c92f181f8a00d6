"""What one notice says: its parameters, checked, and its words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from absah.kernel.errors import Parameter, RuleBroken
from absah.kernel.messages import Language, Phrase
from absah.kernel.refs import Citation, Norm
from absah.notices.kinds import Kind

_LONGEST: Final = 4000
_ENCLOSURE: Final = re.compile(r"[a-z]+:[0-9a-f:-]{1,150}")
_LINK: Final = re.compile(r"/[A-Za-z0-9/_.~%?&=#+-]{0,400}")
#: A NIK or a NIP, wherever it stands.
_NUMBER: Final = re.compile(r"(?<![0-9])(?:[0-9]{16}|[0-9]{18})(?![0-9])")


class NoticeNotFit(RuleBroken):
    """A notice would have carried a personal number, or led away from this site. Parameters: kind, field."""

    code = "notices.not-fit"
    citation = Citation(norm=Norm.UU_PDP, clause="16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice as a person reads it."""

    subject: str
    body: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The parameters of a notice as each language says them, and the page it leads to ("": none).

    `enclosure` is a short reference to what goes along with a mail; empty for most.
    """

    kind: Kind
    parameters: tuple[tuple[str, Mapping[Language, str]], ...]
    link: str = ""
    enclosure: str = ""

    @classmethod
    def of(cls, kind: Kind, parameters: Mapping[str, Parameter], link: str = "", /, *, enclosure: str = "") -> Self:
        """Check and put in order. Lines of a value become one, so that nothing can pass for a header.

        Missing or superfluous parameters are a programming error (ValueError). Raises NoticeNotFit.
        """
        if parameters.keys() != kind.parameters:
            raise ValueError(f"{kind.name} takes {sorted(kind.parameters)}, not {sorted(parameters)}")
        said = tuple((name, _in_each_language(value)) for name, value in sorted(parameters.items()))
        for name, spoken in said:
            if any(_NUMBER.search(value) for value in spoken.values()):
                raise NoticeNotFit(kind=kind.name, field=name)
        if link and (not _LINK.fullmatch(link) or link.startswith("//") or _NUMBER.search(link)):
            raise NoticeNotFit(kind=kind.name, field="link")
        if enclosure and not _ENCLOSURE.fullmatch(enclosure):
            raise ValueError(f"an enclosure is a reference, not {enclosure!r}")
        return cls(kind=kind, parameters=said, link=link, enclosure=enclosure)

    def said(self, language: Language, /) -> Told:
        """Its words."""
        words, said = self.kind.words[language], {name: spoken[language] for name, spoken in self.parameters}
        return Told(
            subject=" ".join(words.subject.format_map(said).split()),
            body=words.body.strip().format_map(said),
            link=self.link,
        )

    def dump(self) -> str:
        """As it is kept, sealed."""
        kept = [dict(self.parameters), self.link, self.enclosure]
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, kind: Kind, kept: str, /) -> Self:
        """Read back what `dump` wrote."""
        parameters, link, *more = json.loads(kept)  # notices of earlier releases have no enclosure
        spoken = ((name, {Language(key): text for key, text in said.items()}) for name, said in parameters.items())
        return cls(kind=kind, parameters=tuple(spoken), link=link, enclosure=more[0] if more else "")


def _in_each_language(value: Parameter) -> dict[Language, str]:
    said = {language: value.said(language) if isinstance(value, Phrase) else str(value) for language in Language}
    return {language: " ".join(text.split())[:_LONGEST] for language, text in said.items()}
