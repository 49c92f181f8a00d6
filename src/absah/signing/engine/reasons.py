"""What the fast engine does not sign itself: a closed list; every reason has a test, and the other engine behind it."""

from enum import StrEnum
from typing import ClassVar

from absah.kernel.errors import WrongState


class Reason(StrEnum):
    """Why a document, or a wish, is left to the other engine."""

    UNREADABLE = "unreadable"
    """The strict reader refuses the file; its own code comes with it."""
    ENCRYPTED = "encrypted"
    """Strings and streams would have to be encrypted too (ISO 32000-1 §7.6)."""
    DYNAMIC_FORM = "dynamic-form"
    """An XFA form draws the document; changes to the AcroForm alone may be undone (§12.7.8)."""
    FIELD_TREE = "field-tree"
    """The form's tree has something that is no field dictionary, or a name leads through a terminal field."""
    NOT_A_SIGNATURE_FIELD = "not-a-signature-field"
    """The named field is there and is of another type."""
    SEVERAL_WIDGETS = "several-widgets"
    """The named field shows itself in several places, or nowhere."""
    SEED_VALUES = "seed-values"
    """The field's author demands something of the signature (§12.7.4.5, Table 234)."""
    LOCK_WITH_PERMISSIONS = "lock-with-permissions"
    """The field's lock changes what the whole document permits (ISO 32000-2 Table 236, /P)."""
    PERMISSIONS = "permissions"
    """The catalog names a certifying signature that does not say what it permits (§12.8.4)."""
    SECOND_READER = "second-reader"
    """The file is odd in one of the listed ways, and qpdf reads something else than we do."""
    ANNOTATIONS = "annotations"
    """The page's /Annots is no array."""
    SECURITY_STORE = "security-store"
    """The document security store is not as ISO 32000-2 §12.8.4.3 has it."""


class Declined(WrongState):
    """The fast engine leaves this document alone. Parameters: reason, and problem where there is more to say."""

    code: ClassVar[str] = "engine.declined"

    @property
    def reason(self) -> Reason:
        return Reason(str(self.parameters["reason"]))
