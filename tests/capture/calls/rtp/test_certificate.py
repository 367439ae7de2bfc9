"""Our own certificate, and what another's has to fit."""

from cryptography import x509

from muniment.capture.calls.ports import Fingerprint
from muniment.capture.calls.rtp import certificate


def test_each_start_has_its_own_and_nothing_of_it_is_shown() -> None:
    one, other = certificate.make(), certificate.make()
    assert one.fingerprint != other.fingerprint
    assert len(one.fingerprint.digest) == 32
    assert one.key.hex() not in repr(one)
    assert repr(one.key)[2:-1] not in repr(one)


def test_a_certificate_fits_its_own_fingerprint_only_and_no_weak_one() -> None:
    ours = certificate.make()
    found = x509.load_der_x509_certificate(ours.certificate)
    wrong = Fingerprint("sha-256", bytes(32))
    assert certificate.fits(found, [ours.fingerprint])
    assert certificate.fits(found, [wrong, ours.fingerprint])
    assert not certificate.fits(found, [wrong])
    assert not certificate.fits(found, [])
    assert not certificate.fits(found, [Fingerprint("sha-1", ours.fingerprint.digest)])
