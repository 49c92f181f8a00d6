"""How a person wishes to be told."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from absah.kernel.messages import Language
from absah.notices.kinds import MailRule, kinds
from absah_site.notices.access import PersonalWishes

LANGUAGES = ((Language.INDONESIAN.value, "Bahasa Indonesia"), (Language.ENGLISH.value, "English"))


class WishesForm(forms.Form):
    """The language of mails, and which mails come. Kinds that nobody can do without are not asked."""

    language = forms.ChoiceField(label=_("Language of the mails"), choices=LANGUAGES)
    by_mail = forms.MultipleChoiceField(
        label=_("By mail too"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, given: QueryDict | None, /, *, reader: Language, wished: PersonalWishes) -> None:
        """Show what is wished now, each kind by its subject in the reader's language."""
        free = [kind for kind in kinds().values() if kind.mail is MailRule.CHOSEN and not kind.private]
        initial = {
            "language": wished.language.value,
            "by_mail": [kind.name for kind in free if kind.name not in wished.without],
        }
        super().__init__(given, initial=initial)
        field = self.fields["by_mail"]
        field.choices = [(kind.name, kind.title(reader)) for kind in free]  # type: ignore[attr-defined]

    def wished(self) -> PersonalWishes:
        """What was asked for."""
        names = {name for name, _label in self.fields["by_mail"].choices}  # type: ignore[attr-defined]
        return PersonalWishes(
            language=Language(self.cleaned_data["language"]),
            without=frozenset(names - set(self.cleaned_data["by_mail"])),
        )
