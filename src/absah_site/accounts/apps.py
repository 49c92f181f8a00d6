"""Registers the app."""

from django.apps import AppConfig

from absah_site import directory


class AccountsConfig(AppConfig):
    """People who sign in, and their roles."""

    name = "absah_site.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the directory who finds users."""
        from absah_site.accounts.access import contact_of

        directory.register("user", contact_of)
