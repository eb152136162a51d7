"""One settings file for the three run modes; the environment chooses (see .env.example)."""

from __future__ import annotations

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# --- run mode ---------------------------------------------------------------------------------

PRODUCTION: bool = env.bool("PRODUCTION", default=False)
DEBUG: bool = env.bool("DEBUG", default=False)
PLAIN_HTTP: bool = env.bool("PLAIN_HTTP", default=not PRODUCTION)
DEFAULT_SECRETS = frozenset({"", "change-me"})
SECRET_KEY: str = env.str("SECRET_KEY", default="")
AUDIT_KEY: str = env.str("AUDIT_KEY", default="")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_READING: bool = env.bool("PUBLIC_READING", default=not PRODUCTION)
SELF_APPROVAL: bool = env.bool("SELF_APPROVAL", default=False)
DEMO_PASSWORD: str = env.str("DEMO_PASSWORD", default="")
# The made-up city, in a database of its own; see qdpolicy/madeup.py.
PRACTICE: bool = env.bool("PRACTICE", default=False)

if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY 未设置。请运行 make setup 生成 .env。 "
        "SECRET_KEY is not set; run `make setup` to write one into .env."
    )
if PRODUCTION:
    _refusals = [
        sentence
        for refused, sentence in (
            (DEBUG, "DEBUG 必须关闭 (DEBUG must be off)"),
            (
                SECRET_KEY in DEFAULT_SECRETS or len(SECRET_KEY) < 50,
                "SECRET_KEY 须为 50 位以上的随机串 (SECRET_KEY must be 50 random characters or more)",
            ),
            (
                AUDIT_KEY in DEFAULT_SECRETS or len(AUDIT_KEY) < 50,
                "AUDIT_KEY 须为 50 位以上的随机串 (AUDIT_KEY must be 50 random characters or more)",
            ),
            (
                AUDIT_KEY == SECRET_KEY,
                "AUDIT_KEY 不得与 SECRET_KEY 相同 (AUDIT_KEY must differ from SECRET_KEY)",
            ),
            (
                not ALLOWED_HOSTS
                or any(host in {"*", ""} or host.startswith(".") for host in ALLOWED_HOSTS),
                "ALLOWED_HOSTS 必须逐个列出主机名 (ALLOWED_HOSTS must name each host)",
            ),
            (bool(DEMO_PASSWORD), "DEMO_PASSWORD 不得设置 (DEMO_PASSWORD must not be set)"),
            (PRACTICE, "PRACTICE 不得开启 (PRACTICE must be off: it is the made-up city)"),
        )
        if refused
    ]
    if _refusals:
        raise ImproperlyConfigured(
            "生产环境拒绝启动 (production refuses to start): " + "; ".join(_refusals)
        )
elif not AUDIT_KEY:
    raise ImproperlyConfigured(
        "AUDIT_KEY 未设置。请运行 make setup 生成 .env。 "
        "AUDIT_KEY is not set; run `make setup` to write one into .env."
    )

# --- applications ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "accounts",
    "indicators",
    "targets",
    "programs",
    "qdpolicy",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside of what counts the length of an answer.
    "qdpolicy.marking.MarkDownloads",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.RefuseNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "qdpolicy.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.MustChangePassword",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    # Innermost, so that a refused day has the session, the language and the form token of a page.
    "qdpolicy.knowledge.KnownOn",
]
ROOT_URLCONF = "qdpolicy.urls"
WSGI_APPLICATION = "qdpolicy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qdpolicy.context.site",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- data ---------------------------------------------------------------------------------------

_file = BASE_DIR / ("practice.sqlite3" if PRACTICE else "db.sqlite3")
DATABASE_URL: str = env.str("DATABASE_URL", default="") or f"sqlite:///{_file}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE + WAL + FULL + a long busy timeout is the only set without "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c statement_timeout=60000 -c lock_timeout=20000"
        " -c idle_in_transaction_session_timeout=60000"
    )

CACHES = {"default": env.cache_url_config(env.str("CACHE_URL", default="") or "locmemcache://")}

# Mail is printed until a server is named; a slow server must not hold the daily job.
vars().update(env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str("MAIL_FROM", default="") or "qdpolicy@localhost"
# Where the site is to be found from outside; mails carry a link only where it is set.
SITE_URL: str = env.str("SITE_URL", default="").rstrip("/")

CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 5}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    # Each message is worthless after its second: a backlog would only repeat idempotent work.
    "sweep": {"task": "targets.sweep_stale", "schedule": 1.0, "options": {"expires": 5}},
    "jobs": {"task": "qdpolicy.run_due_jobs", "schedule": 1.0, "options": {"expires": 5}},
    "shares": {"task": "targets.take_shares", "schedule": 1.0, "options": {"expires": 5}},
    "daily": {"task": "targets.queue_open_targets", "schedule": crontab(hour="0", minute="5")},
    "reminders": {"task": "qdpolicy.remind", "schedule": crontab(hour="0", minute="5")},
}

# --- language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS: list[str] = []
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.RoleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "overview"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # thirty minutes are thirty minutes
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# An account is locked whatever address the failures come from: that is the rule asked for.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# --- sessions, cookies, headers ----------------------------------------------------------------

SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
# In the database: a cache of one process would keep a session alive that another has ended.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("IDLE_TIMEOUT_MINUTES", default=30) * 60
SESSION_SAVE_EVERY_REQUEST = (
    True  # the age above then counts from the last request: an idle time-out
)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
if PRACTICE:
    # Two sites on one machine share a jar of cookies: signing in to one must not end the other.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "practice_sessionid", "practice_csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not PLAIN_HTTP
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION and PLAIN_HTTP:
    # The choice is announced by our own check (qdpolicy.W001) and on every staff page.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],  # Plotly saves a picture of a chart through a blob
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- files -------------------------------------------------------------------------------------------

# From the root: pages of an earlier day have a prefix of their own, files have none.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "qdpolicy.assets.PlotlyFinder",
]
# The spec is found without importing plotly: the web process never loads it.
_plotly = find_spec("plotly")
if _plotly is None or not _plotly.submodule_search_locations:
    raise ImproperlyConfigured("缺少 plotly (plotly is not installed)")
PLOTLY_FILES = Path(_plotly.submodule_search_locations[0]) / "package_data"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "qdpolicy": {"level": "INFO"},
        "targets": {"level": "INFO"},
        # A page that is missing or forbidden is an answer, not news for the operator.
        "django.request": {"level": "ERROR"},
    },
}
