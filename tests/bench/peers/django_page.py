"""The overview as a Django programmer would write it: its own sessions and accounts, models over the portal's tables.

`django_page.py prepare FOLDER` makes Django's tables in FOLDER/django.db, a copy of the portal's database, fills them
from FOLDER/facts.json, and prints a session key and how many questions the page asks; gunicorn serves
`django_page:application`, FOLDER in BENCH_FOLDER.
"""

import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings

FOLDER = Path(os.environ.get("BENCH_FOLDER") or sys.argv[2])
FACTS = json.loads((FOLDER / "facts.json").read_text())

settings.configure(
    SECRET_KEY="only for the bench " * 3,
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF="overview.urls",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "django.db", "CONN_MAX_AGE": None}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "overview",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,  # the loader caches: DEBUG is off
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "overview.views.everywhere",
                ]
            },
        }
    ],
    LANGUAGE_CODE="en",
    LANGUAGES=[("fi", "suomi"), ("sv", "svenska"), ("en", "English")],
    LOCALE_PATHS=[FOLDER / "locale"],
    USE_TZ=True,
    TIME_ZONE="Europe/Helsinki",
    USE_THOUSAND_SEPARATOR=True,
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    BRAND=FACTS["brand"],
    NOW=FACTS["now"],
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the setup

application = get_wsgi_application()


def prepare() -> dict[str, object]:
    """Make and fill Django's own tables; the key of a session, and how many questions its page asks."""
    from django.contrib.auth import (  # noqa: PLC0415
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
        get_user_model,
    )
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from overview.models import DayUse, MonthUse, Profile  # noqa: PLC0415

    call_command("migrate", run_syncdb=True, verbosity=0)
    user = get_user_model().objects.create_user("aino", first_name=FACTS["first"], last_name=FACTS["last"])
    Profile.objects.create(user=user, party_id=FACTS["party"], account_id=FACTS["account"])
    DayUse.objects.bulk_create(DayUse(**row) for row in FACTS["days"])
    MonthUse.objects.bulk_create(MonthUse(**row) for row in FACTS["months"])
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    browser = Client(headers={"host": "localhost", "accept-language": "fi"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/overview").status_code == 200
    return {"session": session.session_key, "queries": len(asked)}


if __name__ == "__main__":
    print(json.dumps(prepare()))
