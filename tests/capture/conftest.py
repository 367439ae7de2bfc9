"""Real mail for the tests of this room."""

from tests.samples import mail_samples, mail_truth

__all__ = ["mail_samples", "mail_truth"]
