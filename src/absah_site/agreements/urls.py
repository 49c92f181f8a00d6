"""Addresses of the agreements."""

from django.urls import path

from absah_site.agreements import views

app_name = "agreements"
urlpatterns = [
    path("perjanjian/", views.portfolio, name="portfolio"),
    path("perjanjian/<uuid:identifier>/", views.overview, name="overview"),
    path("perjanjian/<uuid:identifier>/naskah/", views.text, name="text"),
    path("perjanjian/<uuid:identifier>/tafsir/<slug:question>/", views.confirm_reading, name="confirm-reading"),
    path("perjanjian/<uuid:identifier>/kewajiban/", views.board, name="board"),
    path("perjanjian/<uuid:identifier>/kewajiban/<slug:duty>/baru/", views.tell_occasion, name="tell"),
    path("perjanjian/<uuid:identifier>/kewajiban/<slug:duty>/<str:key>/", views.duty, name="duty"),
]
