"""Chromium for the report's tests, with the network off, and a record of everything that a page must not do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

VARIABLE = "GRADMARK_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def path() -> str | None:
    """The browser that GRADMARK_BROWSER names, or the first on the path; none where there is none."""
    return os.environ.get(VARIABLE) or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def started() -> Iterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # which Chromium does not start in as root
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path(), args=sandbox)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, address: str = "", **context: Any) -> Iterator[tuple[Page, list[str]]]:
    """The file in a page of its own without a network, and the list of its troubles: errors, warnings, requests."""
    troubles: list[str] = []
    inside = browser.new_context(offline=True, accept_downloads=True, **context)
    page = inside.new_page()
    page.set_default_timeout(60_000)  # a machine may be busy with other things
    page.on("console", lambda message: troubles.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("request", lambda request: troubles.append(f"request: {request.url}") if asks(request.url, file) else None)
    page.goto(f"{file.as_uri()}{address}")
    yield page, troubles
    inside.close()


def asks(url: str, file: Path) -> bool:
    """Whether a request is for anything but the file itself and what the page made in memory."""
    return not (url.partition("#")[0] == file.as_uri() or url.startswith(("blob:", "data:")))
