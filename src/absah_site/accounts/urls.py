"""Addresses of the door and of the own safety.

Some names are not ours: django-allauth looks for its pages by them.
"""

from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import include, path

from absah_site.accounts.views import door, links, new_factor, safety

ours = [
    path("masuk/", door.sign_in, name="sign-in"),
    path("masuk/kunci/", door.passkey, name="passkey"),
    path("masuk/lanjut/", door.resume, name="resume"),
    path("keluar/", door.sign_out, name="sign-out"),
    path("kata-sandi/", links.set_password, name="set-password"),
    path("kata-sandi/lupa/", links.forgotten, name="forgotten"),
    path("kata-sandi/<str:token>/", links.arrive, name="password-link"),
    path("faktor-baru/", new_factor.set_factor, name="new-factor"),
    path("faktor-baru/<str:token>/", new_factor.arrive, name="factor-link"),
    path("keamanan/atur-ulang/tolak/", safety.refuse_reset, name="refuse-reset"),
    path("keamanan/", safety.safety, name="safety"),
    path("keamanan/pastikan/", safety.confirm, name="confirm"),
    path("keamanan/kata-sandi/", safety.password, name="password"),
    path("keamanan/aplikasi/", safety.add_app, name="add-app"),
    path("keamanan/kunci/", safety.add_passkey, name="add-passkey"),
    path("keamanan/cara/<int:identifier>/hapus/", safety.remove_factor, name="remove-factor"),
    path("keamanan/kode-cadangan/", safety.renew_recovery_codes, name="recovery-codes"),
    path("keamanan/sesi/akhiri/", safety.end_sessions, name="end-sessions"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("masuk/faktor/", door.second_lock, name="mfa_authenticate"),
    path("masuk/sso/<str:provider_id>/", door.sign_on, name="openid_connect_login"),
    path("masuk/sso/<str:provider_id>/kembali/", openid_connect.callback, name="openid_connect_callback"),
    path("masuk/sso-batal/", door.at_the_door, name="socialaccount_login_cancelled"),
    path("masuk/sso-gagal/", door.at_the_door, name="socialaccount_login_error"),
    path("masuk/sso-baru/", door.at_the_door, name="socialaccount_signup"),
    path("masuk/pintu/", door.at_the_door, name="account_login"),
]
