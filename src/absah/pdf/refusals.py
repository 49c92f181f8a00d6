"""The ways in which we refuse a PDF at the door, each with its own code."""

from typing import ClassVar

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm


class Empty(BadInput):
    """A file without a single byte."""

    code: ClassVar[str] = "pdf.empty"


class NotAPdf(BadInput):
    """No PDF header where one belongs."""

    code: ClassVar[str] = "pdf.not-a-pdf"


class Truncated(BadInput):
    """The end of the file is missing: no startxref and no %%EOF."""

    code: ClassVar[str] = "pdf.truncated"


class Damaged(BadInput):
    """It begins and ends like a PDF, but its structure holds only after repair. A repaired copy is another document."""

    code: ClassVar[str] = "pdf.damaged"


class Encrypted(BadInput):
    """A password is needed to open it, and none was given."""

    code: ClassVar[str] = "pdf.encrypted"


class PasswordWrong(BadInput):
    """The password given does not open it."""

    code: ClassVar[str] = "pdf.password-wrong"


class NoPages(BadInput):
    """A PDF without pages."""

    code: ClassVar[str] = "pdf.no-pages"


class TooLarge(BadInput):
    """More bytes than we accept."""

    code: ClassVar[str] = "pdf.too-large"


class TooManyPages(BadInput):
    """More pages than we accept."""

    code: ClassVar[str] = "pdf.too-many-pages"


class CertifiedNoChanges(RuleBroken):
    """Its author certified it and forbade every change, a signature included."""

    code: ClassVar[str] = "pdf.certified-no-changes"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="12.8.2.2")
