"""The pages of those who run the certification authority, and the figures for whoever watches it."""

from absah_site.oversight.views.metrics import metrics
from absah_site.oversight.views.pages import (
    authorities,
    campaign_file,
    certificate,
    certificates,
    change,
    decide,
    overview,
    proposal,
    proposals,
)
from absah_site.oversight.views.shards import shards

__all__ = [
    "authorities",
    "campaign_file",
    "certificate",
    "certificates",
    "change",
    "decide",
    "metrics",
    "overview",
    "proposal",
    "proposals",
    "shards",
]
