"""Registers the app, and what it does by itself: end what died, remind of last days, let expire what is overdue."""

from datetime import timedelta

from django.apps import AppConfig

from absah_site import departures


class DossiersConfig(AppConfig):
    """Documents on their way through the people who sign them."""

    name = "absah_site.dossiers"
    label = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.dossiers.access.lists import documents_in_the_way
        from absah_site.dossiers.actions import routine
        from absah_site.jobs.actions import register_periodic

        departures.register_looker(documents_in_the_way)
        register_periodic("dossiers:reconcile", routine.reconcile, every=timedelta(minutes=1))
        register_periodic("dossiers:remind", routine.remind, every=timedelta(hours=1))
        register_periodic("dossiers:expire", routine.expire, every=timedelta(minutes=15))
