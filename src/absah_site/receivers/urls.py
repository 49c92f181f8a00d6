"""Addresses of the pages about webhooks."""

from django.urls import path, re_path

from absah_site.receivers import views

app_name = "receivers"
urlpatterns = [
    path("webhook/", views.listed, name="list"),
    path("webhook/baru/", views.register, name="register"),
    path("webhook/<uuid:identifier>/", views.one, name="one"),
    path("webhook/<uuid:identifier>/pengaturan/", views.change, name="change"),
    path("webhook/<uuid:identifier>/rahasia/", views.draw, name="draw"),
    path("webhook/<uuid:identifier>/uji/", views.test, name="test"),
    path("webhook/<uuid:identifier>/kirim-ulang/", views.send_all_again, name="send-all-again"),
    re_path(
        r"^webhook/(?P<identifier>[0-9a-f-]{36})/(?P<move>jeda|lanjut|hapus)/$",
        views.move,
        name="move",
    ),
    path("webhook/pengiriman/<uuid:identifier>/", views.delivery, name="delivery"),
    path("webhook/pengiriman/<uuid:identifier>/kirim-ulang/", views.send_again, name="send-again"),
]
