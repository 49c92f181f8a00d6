"""What the wire itself refuses, before anything of ours is asked."""

from typing import ClassVar

from absah.kernel.errors import BadInput, NotAllowed, NotFound, WrongState
from absah.kernel.refs import Citation, Norm


class ParameterMissing(BadInput):
    """Something that has to be said was not. Parameter: parameter, its name on the wire."""

    code: ClassVar[str] = "esign.parameter-missing"


class ParameterMalformed(BadInput):
    """A value that cannot be what the parameter says. Parameters: parameter, expected (a word of the wire)."""

    code: ClassVar[str] = "esign.parameter-malformed"


class NikMissing(BadInput):
    """Nobody was named who should sign."""

    code: ClassVar[str] = "esign.nik-missing"


class BodyMalformed(BadInput):
    """The body is not what the endpoint reads. Parameter: expected (JSON, multipart/form-data)."""

    code: ClassVar[str] = "esign.body-malformed"


class BodyTooLarge(BadInput):
    """More bytes than a request may have. Parameter: limit (MiB)."""

    code: ClassVar[str] = "esign.body-too-large"


class Base64Malformed(BadInput):
    """Not base64. Parameter: parameter."""

    code: ClassVar[str] = "esign.base64-malformed"


class LengthsDiffer(BadInput):
    """As many properties as files, or one for all of them. Parameters: files, properties."""

    code: ClassVar[str] = "esign.lengths-differ"


class TooManyFiles(BadInput):
    """More files than one request may have. Parameter: most."""

    code: ClassVar[str] = "esign.too-many-files"


class PlaceMissing(BadInput):
    """A visible signature without a page, a mark or coordinates."""

    code: ClassVar[str] = "esign.place-missing"


class MarkTooLong(BadInput):
    """A mark is one character, or a short word. Parameter: longest."""

    code: ClassVar[str] = "esign.mark-too-long"


class SecondFactorNeeded(NotAllowed):
    """This application signs with a passphrase and a one-time code together."""

    code: ClassVar[str] = "esign.second-factor-needed"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.PP_71_2019, clause="64")


class NobodyAnswers(WrongState):
    """An application enters people in the name of a verifikator of its agency; none answers for this one."""

    code: ClassVar[str] = "esign.nobody-answers"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.PP_71_2019, clause="56")


class TooManyMarks(BadInput):
    """More places to sign than one document may have. Parameter: most."""

    code: ClassVar[str] = "esign.too-many-marks"


class EveryMarkNeedsPassphrase(NotAllowed):
    """Each place is a signature of its own, and a one-time code is good for one."""

    code: ClassVar[str] = "esign.every-mark-needs-passphrase"


class NobodyRegisters(NotFound):
    """The agency has no verifikator who could enter the person."""

    code: ClassVar[str] = "esign.nobody-registers"


class StillRunning(WrongState):
    """The same request is under way: whoever asks again in a moment gets its answer."""

    code: ClassVar[str] = "esign.still-running"
