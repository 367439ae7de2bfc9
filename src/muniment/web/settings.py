"""Django's settings. Keys come from this process's memory, the rest from the home directory."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.utils.csp import CSP

from muniment.people import keys
from muniment.web import log_lines
from muniment.web.site import home, read_calls, read_regions, read_site

HOME: Final = home()
SITE: Final = read_site(HOME)
CALLS: Final = read_calls(HOME)
PHONE_REGIONS: Final = read_regions(HOME)
HERE: Final = Path(__file__).parent

SECRET_KEY = keys.django_secret()
DEBUG = False
ALLOWED_HOSTS = [*SITE.hosts]
ROOT_URLCONF = "muniment.web.urls"
WSGI_APPLICATION = "muniment.web.wsgi.application"
APPEND_SLASH = False

ROOMS = ("people", "catalogue", "governance", "release", "api", "web")
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *(f"muniment.{room}" for room in ROOMS if (HERE.parent / room / "apps.py").exists()),
]

MIDDLEWARE = [
    "muniment.web.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "muniment.web.troubles.TroublesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "muniment.web.gates.GatesMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

_CONTEXT = [
    "django.template.context_processors.csp",
    "django.template.context_processors.request",
    "django.contrib.messages.context_processors.messages",
    "muniment.web.context.site",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "muniment.web.jinja.environment",
            "context_processors": _CONTEXT,
        },
    },
    {
        # allauth's plain-text mails and messages only; every page of ours is found above.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    },
]

DATABASES = {
    "default": {
        "ENGINE": "muniment.database.sqlcipher",
        "NAME": HOME.catalogue,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},  # seconds
        "TEST": {"NAME": ":memory:"},  # each test process has its own
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Used one-time codes and rate limits live in the cache: it must be one cache for all workers.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
    }
}

# --- Sessions and cookies --------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session" if SITE.secure else "muniment_session"
SESSION_COOKIE_SECURE = SITE.secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-form" if SITE.secure else "muniment_form"
CSRF_COOKIE_SECURE = SITE.secure
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_TRUSTED_ORIGINS = [*SITE.origins] if SITE.secure else []
CSRF_FAILURE_VIEW = "muniment.web.views.faults.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Headers ---------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "media-src": [CSP.SELF],  # the sound of a call that somebody has open
    "frame-src": [CSP.SELF],  # a mail's own sandboxed address
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SITE.secure else 0
SECURE_SSL_REDIRECT = False  # the proxy does it; the health page is asked by http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE.secure else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes
# A file stays in memory or is not taken: nothing that somebody sends is ever on disk as it came.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024  # bytes of a whole form; a larger file counts as not given

# --- Sign-in ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "muniment.people.sign_in.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account is made by an organisation, never by signing up
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "muniment.people.sign_in.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are the organisation's own, see above
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE.secure and set(SITE.hosts) == {"localhost"}
MFA_FORMS = {
    "activate_totp": "muniment.web.forms.code_app.CodeAppForm",
    "add_webauthn": "muniment.web.forms.passkeys.PasskeyForm",
}
MFA_TOTP_ISSUER = "Muniment"
USERSESSIONS_TRACK_ACTIVITY = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}

# --- Static files ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HERE / "static" / "built"
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/.+\.[0-9a-f]{12}\..+$"  # names carry the hash of their content
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- What other rooms fill in, by name -----------------------------------------------------------
DOCTOR = "muniment.processes.health.examine"

# --- Time and words --------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y"]
USE_TZ = True
TIME_ZONE = "Europe/London"

LOGGING = log_lines.CONFIGURATION
