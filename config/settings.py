"""Settings, read from the environment; `.env.example` lists all variables."""

import sys

import environ
from django.utils.translation import gettext_lazy as _

from config.runtime import folder

BASE_DIR = folder.BASE
# The folder of all data that Attaché writes: database, mails, feeds, static files, broker.
DATA = folder.DATA

env = environ.Env()
# `make run` stores its secret key and broker address here; environment variables win.
environ.Env.read_env(DATA / "embedded.env")

DEBUG = env.bool("DEBUG", False)


def required(name: str, in_debug: str) -> str:
    """Return a setting that has a default in DEBUG only, because a public server must set it."""
    if value := env.str(name, in_debug if DEBUG else ""):
        return value
    sys.stderr.write(f"Attaché does not start: {name} is not set (see .env.example).\n")
    raise SystemExit(3)  # gunicorn retries after any other status


SECRET_KEY = required("SECRET_KEY", "insecure-and-only-for-debugging")
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "attache@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

SITE_HOST = SITE_URL.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
# Part of every iCalendar UID and Message-ID; never change it once feeds are in use.
UID_HOST = env.str("UID_HOST", SITE_HOST)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "config",
    "modeltranslation",
    "unfold.apps.BasicAppConfig",  # does not set a site of its own
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.simple_history",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_countries",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "events",
    "delegations",
    "seeds",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "events.web.feeds.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["config.templateloader.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

FORM_RENDERER = "config.forms.Renderer"

# The database: SQLite on one machine, else PostgreSQL.
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{DATA / 'attache.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "config.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # Take the write lock at BEGIN: upgrading a read transaction fails without waiting.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    # Django binds parameters on the client, so its queries are never prepared. Only cursors that
    # ask for it use prepared statements (`models/base/statements.py`).
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 5

# Celery only triggers the tick and other periodic tasks; the database is the queue.
CELERY_BROKER_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0").replace(
    "unix://", "redis+socket://"
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "health_check_interval": 25,
    "retry_on_timeout": True,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# Mails are written to a folder, one file each, unless EMAIL_URL names a server.
MAIL_FOLDER = DATA / "mail"
EMAIL_BACKEND = "events.domain.mail.transport.FolderBackend"
if "EMAIL_URL" in env:
    vars().update(env.email_url("EMAIL_URL"))
# The mailbox that receives replies to invitations; '' if there is none, or if the mail server pipes
# each reply into `manage.py read_replies`.
IMAP_URL = env.str("IMAP_URL", "")
EMAIL_TIMEOUT = 30  # seconds, for mails of Django itself; `domain/mail/smtp.py` has others for ours
JOURNAL_FOLDER = DATA / "journal"
# More mails than this, planned at once, are held until an organiser releases them.
HOLD_ABOVE = env.int("HOLD_ABOVE", 200)

# The token with which other hosts may request /readyz and /metrics.
MONITORING_TOKEN = env.str("MONITORING_TOKEN", "")

FEEDS_FOLDER = DATA / "feeds"

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = {
    "default": ("en", "zh-hant", "zh-hans"),
    "zh-hans": ("zh-hant", "en"),
    "zh-hant": ("zh-hans", "en"),
}
TIME_ZONE = env.str("TIME_ZONE", "UTC")  # the zone that decides what today is on public pages
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

# Accounts
AUTH_USER_MODEL = "events.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"  # after a login without `next`, or with a foreign one
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Security
SECURE_SSL_REDIRECT = False  # the web server in front redirects
# The number of trusted proxies in front. The client's address is the one that the outermost of them
# has added to X-Forwarded-For.
PROXIES = env.int("PROXIES", int(env.bool("PROXY", False)))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https://") else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Fields of a form: 400 rows of guests with 17 fields each, and the list above them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    },
}

# Static files have hashed names and are served by the application itself.
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.Storage"},
}
MEDIA_ROOT = DATA / "media"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "events.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    # DRF must not interpret ?format=, so that it is refused like any unknown parameter.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Attaché",
    "DESCRIPTION": (
        "Promotion conferences, expos, trade missions: the public record, read only.\n\n"
        "Texts are empty where there is nothing; numbers, dates and links are null. "
        "A parameter or value that does not exist is refused, never ignored."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "Basis": "events.models.Basis",
        "EventKind": "events.models.Event.Kind",
        "SeriesKind": "events.models.EventSeries.Kind",
        "PlaceKind": "events.models.Place.Kind",
        "OrganisationKind": "events.models.Organisation.Kind",
        "PlaceRole": "events.models.EventPlace.Role",
        "OrganisationRole": "events.models.EventOrganisation.Role",
    },
}

# The accent colour of the public pages, in the eleven shades that Unfold needs.
TEAL = {
    "50": "oklch(97.5% .012 222)",
    "100": "oklch(94.5% .024 222)",
    "200": "oklch(89% .044 222)",
    "300": "oklch(80% .07 222)",
    "400": "oklch(68% .085 222)",
    "500": "oklch(52% .08 222)",
    "600": "oklch(38.5% .062 222)",
    "700": "oklch(34.5% .056 222)",
    "800": "oklch(30.5% .048 222)",
    "900": "oklch(27% .04 222)",
    "950": "oklch(21% .03 222)",
}
UNFOLD = {
    "SITE_TITLE": "Attaché",
    "SITE_HEADER": "Attaché",
    "SITE_SUBHEADER": _("Events and delegations"),
    "SITE_SYMBOL": "calendar_month",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "config.adminsite.favicon"}],
    "COLORS": {"primary": TEAL},
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "seeds.admin.show",
    "STYLES": ["config.adminsite.style"],
    "SIDEBAR": {"navigation": "events.admin.site.navigation.sidebar"},
    "ACCOUNT": {"navigation": "events.admin.site.answermails.account"},
}
# The tabs of translated fields need jQuery UI, which would otherwise be loaded from a CDN.
JQUERY_UI_URL = "vendor/jquery-ui/jquery-ui.min.js"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"secrets": {"()": "config.logs.WithoutSecrets"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
}
