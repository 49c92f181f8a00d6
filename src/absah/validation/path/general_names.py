"""GeneralName (RFC 5280 §4.2.1.6): the nine forms of a name in an extension, read and no more.

Whether the text in it is a lawful name of its form is asked where somebody relies on it (`constraints`).
"""

from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

from absah.pki import der
from absah.validation.path.names import Name, read_name


class Form(IntEnum):
    """The forms, with the tags they bear."""

    OTHER = 0xA0
    EMAIL = 0x81
    DNS = 0x82
    X400 = 0xA3
    DIRECTORY = 0xA4
    EDI_PARTY = 0xA5
    URI = 0x86
    IP = 0x87
    REGISTERED_ID = 0x88


#: Text of an IA5String, a directory name, or octets as they stand.
NameValue: TypeAlias = str | Name | bytes

_FORMS: Final = {form.value: form for form in Form}
_TEXTS: Final = frozenset({Form.EMAIL, Form.DNS, Form.URI})


class GeneralName(NamedTuple):
    """A form and its value: str for e-mail, DNS and URI, Name for a directory name, octets for the rest."""

    form: Form
    value: NameValue


def read_general_name(element: der.Element, /) -> GeneralName:
    """Raises DerMalformed."""
    form = _FORMS.get(element.tag)
    if form is None:
        raise element.refuse("general-name")
    if form in _TEXTS:
        try:
            return GeneralName(form, element.content.decode("ascii"))
        except UnicodeDecodeError:
            raise element.refuse("string") from None
    if form is Form.DIRECTORY:
        return GeneralName(form, read_name(element.content))
    return GeneralName(form, element.content)


def read_general_names(fields: der.Reader, /) -> tuple[GeneralName, ...]:
    """GeneralNames ::= SEQUENCE SIZE (1..MAX), from a reader over its content. Raises DerMalformed."""
    names = tuple(read_general_name(element) for element in fields)
    if not names:
        raise fields.refuse("general-names")
    return names
