"""Addresses of the rights of people, and of whoever looks after them."""

from django.urls import path

from absah_site.privacy.views import office, own

app_name = "privacy"
urlpatterns = [
    path("data-saya/", own.own_data, name="own"),
    path("data-saya/salinan/", own.copy, name="copy"),
    path("data-pribadi/", office.queue, name="queue"),
    path("data-pribadi/kegiatan/", office.record, name="record"),
    path("data-pribadi/kegagalan/", office.breaches, name="breaches"),
    path("data-pribadi/kegagalan/<uuid:identifier>/orang/", office.tell_people, name="tell-people"),
    path("data-pribadi/kegagalan/<uuid:identifier>/lembaga/", office.tell_authority, name="tell-authority"),
    path("data-pribadi/<uuid:identifier>/", office.request_page, name="request"),
]
