"""Addresses of the agreements."""

from django.urls import path

from absah_site.agreements.views import duties, reading, steps

app_name = "agreements"
urlpatterns = [
    path("perjanjian/", reading.portfolio, name="portfolio"),
    path("perjanjian/<uuid:identifier>/", reading.overview, name="overview"),
    path("perjanjian/<uuid:identifier>/naskah/", reading.text, name="text"),
    path("perjanjian/<uuid:identifier>/tafsir/<slug:question>/", steps.confirm_reading, name="confirm-reading"),
    path("perjanjian/<uuid:identifier>/kewajiban/", reading.board, name="board"),
    path("perjanjian/<uuid:identifier>/kewajiban/<slug:duty>/baru/", duties.tell_occasion, name="tell"),
    path("perjanjian/<uuid:identifier>/kewajiban/<slug:duty>/<str:key>/", duties.duty, name="duty"),
]
