"""Registers the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The work that fulfils duties: tickets, reports, assessments, letters. One engine, many kinds."""

    name = "absah_site.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let what cases prove show itself at the duties of their agreement."""
        from absah_site.agreements.access import register_port  # noqa: PLC0415  (models are loaded only now)
        from absah_site.cases.access import CasePort  # noqa: PLC0415  (the same)

        register_port(CasePort)
        from absah_site.cases.actions.reports import REPORT_JOB, carry_out_report  # noqa: PLC0415  (the same)
        from absah_site.cases.actions.visits import VISIT_JOB, carry_out_visits  # noqa: PLC0415  (the same)
        from absah_site.jobs.actions import register  # noqa: PLC0415  (the same)

        register(VISIT_JOB, carry_out_visits, retries=1)
        register(REPORT_JOB, carry_out_report)
        from absah_site import return_addresses  # noqa: PLC0415  (the same)
        from absah_site.cases.access.replies import tag_for  # noqa: PLC0415  (the same)

        return_addresses.register(tag_for)
