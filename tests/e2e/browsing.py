"""A browser in an officer's hands, which must stay silent: no errors, nothing refused by the policy, no other host."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.conftest import Hub

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESKTOP = 390, 1440
ANOTHER_NAME = "hub.county"  # the same hub, as the browser knows it by a name that is not its own machine's
WITHIN_MS = 90_000  # a guard: what a page waits for goes through every part of the hub


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {ANOTHER_NAME} 127.0.0.1"]
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        found.close()


class Desk:
    """Opens pages of one hub, and remembers what went wrong in any of them."""

    def __init__(self, browser: Browser, hub: Hub) -> None:
        self.hub = hub
        self.url: str = hub.credentials["url"]
        self.faults: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def open(self, width: int = PHONE, *, scripts: bool = True) -> Page:
        """A new page of a browser that nobody has used, on the way to the login."""
        size = {"width": width, "height": 844}
        context = self._browser.new_context(viewport=size, java_script_enabled=scripts, locale="zh-CN")  # type: ignore[arg-type]
        context.set_default_timeout(WITHIN_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: self.faults.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda one: self._request(one.url))
        page.goto(self.url)
        return page

    def sign_in(self, role: str, area: str, width: int = PHONE, *, scripts: bool = True) -> Page:
        """A page of that officer, in the state in which the login leaves it."""
        page = self.open(width, scripts=scripts)
        officer = self.hub.officer(role, area)
        page.fill("#username", officer["username"])
        page.fill("#password", officer["password"])
        page.click("button.go")
        page.wait_for_selector("header.top")
        if scripts:
            page.wait_for_selector("#live-state.well")
            page.evaluate("window.neverLoadedAgain = true")
        return page

    def close(self) -> None:
        """Close every page; nothing may have gone wrong in any."""
        for context in self._contexts:
            context.close()
        assert not self.faults, self.faults

    def _request(self, address: str) -> None:
        if not address.startswith((self.url, "data:")):
            self.faults.append(f"another host was asked: {address}")


def not_loaded_again(page: Page) -> bool:
    """Whether the page is the one that was opened, not a new one at its place."""
    return bool(page.evaluate("window.neverLoadedAgain === true"))
