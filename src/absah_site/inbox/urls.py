"""Addresses of the page of notices."""

from django.urls import path

from absah_site.inbox import views

app_name = "inbox"
urlpatterns = [
    path("pemberitahuan/", views.notices, name="notices"),
    path("pemberitahuan/pilihan/", views.wishes, name="wishes"),
    path("pemberitahuan/dibaca/", views.read_all, name="read-all"),
    path("pemberitahuan/pengantaran/", views.deliveries, name="deliveries"),
    path("pemberitahuan/<uuid:identifier>/", views.notice, name="notice"),
]
