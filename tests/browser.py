"""A browser of the plainest kind: pages, forms, cookies, redirects; no scripts."""

import base64
import hashlib
import hmac
import http.cookiejar
import re
import struct
import time
import urllib.error
import urllib.parse
import urllib.request


def code(secret: str) -> str:
    """The six digits of an authenticator app now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


class Browser:
    """Follows redirects and keeps cookies, as a browser without scripts does."""

    def __init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self.address = ""

    def get(self, address: str) -> tuple[int, str]:
        return self._ask(urllib.request.Request(address))  # noqa: S310

    def post(self, address: str, page: str, **given: str) -> tuple[int, str]:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        data = urllib.parse.urlencode({**given, "csrfmiddlewaretoken": token[1]}).encode()
        headers = {"Referer": address}
        return self._ask(urllib.request.Request(address, data, headers))  # noqa: S310

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                self.address = answer.url
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
