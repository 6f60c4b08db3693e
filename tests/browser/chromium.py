"""A headless Chromium, driven by its own DevTools protocol: what the tests of the pages need of it and no more."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
    "--lang=en-US",
    "--remote-debugging-port=0",
)
LOCAL = ("file:", "data:", "about:", "chrome:", "devtools:")


def executable() -> str | None:
    """Where the browser is: $CHROME, else one of the usual names; None if there is none."""
    return os.environ.get("CHROME") or next((found for name in NAMES if (found := shutil.which(name))), None)


class Tab:
    """A page of the browser, what it said on its console and what it fetched."""

    def __init__(self, socket: ClientConnection, session: str) -> None:
        self._socket = socket
        self._session = session
        self._asked = 0
        self.complaints: list[str] = []
        self.fetched: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result; events that come meanwhile are taken note of."""
        self._asked += 1
        number = self._asked
        message = {"id": number, "method": method, "params": parameters, "sessionId": self._session}
        self._socket.send(json.dumps(message))
        while True:
            answer = self._receive()
            if answer.get("id") == number and answer.get("sessionId") == self._session:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def _receive(self) -> dict[str, Any]:
        message = json.loads(self._socket.recv(timeout=60))
        if message.get("sessionId") == self._session and "method" in message:
            self._note(message["method"], message["params"])
        return message

    def _note(self, method: str, event: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(event["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(event["args"])[:500])
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.complaints.append(event["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.fetched.append(event["request"]["url"])

    @property
    def remote(self) -> list[str]:
        """What was fetched from elsewhere than this computer's files."""
        return [url for url in self.fetched if not url.startswith(LOCAL)]

    def open(self, page: Path, fragment: str = "") -> None:
        """Go to a file, afresh even if it is the one that is shown, and wait until it is loaded."""
        self.call("Page.navigate", url="about:blank")
        self.until("location.href === 'about:blank'")
        self.call("Page.navigate", url=page.absolute().as_uri() + fragment)
        self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression, a promise's when it is kept."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, json.dumps(result["exceptionDetails"])[:800]
        return result["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + 30
        while not self.ask(f"Boolean({expression})"):
            assert time.monotonic() < deadline, f"never true: {expression}"
            time.sleep(0.02)

    def size(self, width: int, height: int, *, phone: bool = False) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def media(self, *, scheme: str = "light", medium: str = "") -> None:
        """Prefer light or dark colours; `medium` may be print."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.call("Emulation.setEmulatedMedia", media=medium, features=[feature, still])

    def picture(self) -> bytes:
        """What the window shows, as a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def print(self) -> bytes:
        """The page on A4, as a PDF."""
        made = self.call("Page.printToPDF", printBackground=True, paperWidth=8.27, paperHeight=11.69)
        return base64.b64decode(made["data"])

    def key(self, name: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code)

    def point(self, selector: str) -> None:
        """Move the mouse to the middle of the first line of an element."""
        self.ask(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = self.ask(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getClientRects()[0];"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0], y=box[1])


class Driver:
    """A running browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._asked = 1_000_000  # apart from the numbers of tabs

    def new_tab(self) -> Tab:
        """Open a tab that shares no storage with another."""
        context = self._call("Target.createBrowserContext")["browserContextId"]
        target = self._call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        return Tab(self._socket, self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=60))
            if answer.get("id") == self._asked:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]


@contextmanager
def browser(profile: Path) -> Iterator[Driver]:
    """A browser of its own with an empty profile, for the length of the block."""
    found = executable()
    assert found is not None
    profile.mkdir(parents=True, exist_ok=True)
    log = profile / "browser.log"
    with log.open("wb") as out:
        process = subprocess.Popen([found, *FLAGS, f"--user-data-dir={profile}"], stdout=out, stderr=out)
        try:
            with connect(_address(profile, process, log), max_size=None, open_timeout=60) as socket:
                yield Driver(socket)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _address(profile: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    """Where the browser listens: it writes its port into its profile when it is ready."""
    port = profile / "DevToolsActivePort"
    deadline = time.monotonic() + 60
    while not port.exists() or len(port.read_text().split()) < 2:
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.05)
    number, path = port.read_text().split()
    return f"ws://127.0.0.1:{number}{path}"
