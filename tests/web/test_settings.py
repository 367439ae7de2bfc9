"""Settings that must not slip."""

from typing import cast

from django.conf import settings


def test_used_codes_and_rate_limits_live_in_one_cache_for_all_workers() -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_writers_take_their_lock_at_the_start() -> None:
    options = cast("dict[str, object]", settings.DATABASES["default"]["OPTIONS"])
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
    assert settings.DATABASES["default"]["ENGINE"] == "muniment.database.sqlcipher"


def test_nothing_walks_round_governance() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert settings.DEBUG is False or settings.DEBUG is None


def test_sessions_end_with_the_day_and_the_browser() -> None:
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert settings.SESSION_ENGINE.endswith(".db")


def test_static_files_are_ours_alone() -> None:
    assert settings.WHITENOISE_ALLOW_ALL_ORIGINS is False


def test_passkeys_verify_their_user() -> None:
    assert settings.MFA_WEBAUTHN_USER_VERIFICATION == "required"


def test_the_time_is_that_of_the_united_kingdom() -> None:
    assert (settings.TIME_ZONE, settings.USE_TZ, settings.LANGUAGE_CODE) == ("Europe/London", True, "en-gb")
