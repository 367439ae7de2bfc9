"""A browser of the plainest kind: pages, forms, cookies, redirects; no scripts."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request


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
