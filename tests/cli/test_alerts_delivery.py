"""One event to one real receiver: what arrives, what is said where it doesn't, and how long that may take."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from receivers import PASSWORD, SECRET, USER, Hooks, accepts, hooks, mailbox, write_certificate

from flows.alerts.deliver import DeliveryError, deliver, signature
from flows.alerts.settings import Command, Mail, Webhook

EVENT = {
    "version": 1,
    "id": "klangkhao-00000000000000aa",
    "type": "klangkhao.quality.changed",
    "timestamp": "2024-03-15T06:00:00+00:00",
    "subject": "klangkhao ข่าว.duckdb: 1 check fails",
    "text": "1 check fails.\n\n“งบประมาณ 10 ล้านบาท”\n",
}
PATIENCE = 30  # seconds that the kernel may take to end a process


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return write_certificate(tmp_path / "certificate")


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("MAIL_USER", USER)
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)


def to(state: Hooks, **more: object) -> Webhook:
    return Webhook(**{"id": "hook", "url": state.url, "secret_env": "HOOK_SECRET", "timeout": 5.0, **more})  # type: ignore[arg-type]


def refused(target: Webhook | Mail | Command) -> str:
    with pytest.raises(DeliveryError) as error:
        deliver(target, EVENT)
    told = str(error.value)
    for secret in (SECRET, SECRET.removeprefix("whsec_"), PASSWORD, "with-a-token-of-its-own"):
        assert secret not in told
    return told


def test_the_signature_is_that_of_the_standard() -> None:
    """The example that the libraries of Standard Webhooks test themselves with."""
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_gets_json_that_it_can_trust() -> None:
    with hooks() as state:
        assert deliver(to(state), EVENT) is None
    ((headers, body),) = state.got
    assert json.loads(body) == EVENT
    assert headers["content-type"].startswith("application/json")
    assert headers["webhook-id"] == EVENT["id"]
    assert accepts(headers, body)
    assert not accepts(headers, body + b" ")
    assert not accepts({**headers, "webhook-id": "klangkhao-other"}, body)
    assert not accepts({**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body)
    assert not accepts(headers, body, now=time.time() + 3600), "a replay an hour later"


def test_an_address_may_be_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with hooks() as state:
        monkeypatch.setenv("HOOK_URL", state.url)
        assert deliver(to(state, url=None, url_env="HOOK_URL"), EVENT) is None
        assert len(state.got) == 1
    told = refused(to(state, url=None, url_env="HOOK_URL"))
    assert "127.0.0.1" in told


@pytest.mark.parametrize(
    ("answer", "told"),
    [(500, "answered 500"), (403, "'not today'"), ("redirect", "redirects are not followed")],
)
def test_what_a_webhook_answers_is_said(answer: int | str, told: str) -> None:
    with hooks() as state:
        state.answer = answer
        assert told in refused(to(state))
        assert len(state.got) == 1, "a redirect is not followed"


@pytest.mark.parametrize("answer", ["silent", "drip"])
def test_a_webhook_that_never_ends_is_left(answer: str) -> None:
    """One that says nothing, and one that says a byte now and then, which a time limit on each read never ends."""
    with hooks() as state:
        state.answer = answer
        assert "gave no answer within 0.7 s" in refused(to(state, timeout=0.7))
        assert len(state.got) == 1


def test_a_webhook_that_is_not_there() -> None:
    with hooks() as state:
        pass
    assert "can't be reached" in refused(to(state))
    assert "not known as a name" in refused(to(state, url="https://receiver.invalid/hook"))


def test_a_certificate_has_to_be_trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with hooks(certificate) as state:
        told = refused(to(state))
        assert "certificate that is not trusted" in told
        assert "SSL_CERT_FILE" in told
        assert state.got == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert deliver(to(state), EVENT) is None
        assert len(state.got) == 1


def test_an_expired_certificate_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expired = write_certificate(tmp_path / "expired", days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(expired[0]))
    with hooks(expired) as state:
        assert "expired" in refused(to(state))
        assert state.got == []


@pytest.mark.parametrize(
    ("value", "told"),
    [("", "HOOK_SECRET is not set"), ("short", "openssl rand"), ("whsec_c2hvcnQ=", "24 to 64 bytes")],
)
def test_a_secret_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str, told: str) -> None:
    monkeypatch.setenv("HOOK_SECRET", value)
    with hooks() as state:
        assert told in refused(to(state))
        assert state.got == []


# Mail


def mail(port: int, **more: object) -> Mail:
    return Mail(  # type: ignore[arg-type]
        **{
            "id": "desk",
            "host": "127.0.0.1",
            "port": port,
            "sender": "quality@example.org",
            "to": ("desk@example.org", "owner@example.org"),
            "user_env": "MAIL_USER",
            "password_env": "MAIL_PASSWORD",
            "timeout": 5.0,
            **more,
        }
    )


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_with_a_login(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with mailbox(certificate, tls=security == "tls") as state:
        assert deliver(mail(state.port, security=security), EVENT) is None
    ((recipients, message, is_private, has_login),) = state.got
    assert recipients == ["desk@example.org", "owner@example.org"]
    assert is_private
    assert has_login
    assert message["Subject"] == EVENT["subject"]
    assert message["Message-ID"] == f"<{EVENT['id']}@klangkhao>", "by which mailboxes tell repetitions"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == datetime(2024, 3, 15, 6, tzinfo=UTC)
    assert message.get_content() == EVENT["text"]


def test_mail_within_the_house_needs_neither(certificate: tuple[Path, Path]) -> None:
    with mailbox(certificate, login=False) as state:
        target = mail(state.port, security="none", user_env=None, password_env=None)
        assert deliver(target, EVENT) is None
    ((_, _, is_private, has_login),) = state.got
    assert (is_private, has_login) == (False, False)


def test_a_password_never_goes_to_a_server_that_is_not_trusted(certificate: tuple[Path, Path]) -> None:
    with mailbox(certificate) as state:
        assert "certificate that is not trusted" in refused(mail(state.port))
        assert state.got == []


def test_a_wrong_password_is_said(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("MAIL_PASSWORD", "wrong")
    with mailbox(certificate) as state:
        told = refused(mail(state.port))
        assert "MAIL_PASSWORD" in told
        assert "wrong" not in told


def test_recipients_that_are_refused_are_named(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with mailbox(certificate) as state:
        state.refuse = {"owner@example.org"}
        assert "owner@example.org (550" in str(deliver(mail(state.port), EVENT))
        assert [recipients for recipients, *_ in state.got] == [["desk@example.org"]]
        state.refuse = {"owner@example.org", "desk@example.org"}
        assert "takes mail for none" in refused(mail(state.port))


def test_a_mail_server_that_is_silent_or_not_there() -> None:
    with hooks() as state:  # speaks HTTP: it waits for a request, as we wait for a greeting
        assert "gave no answer within 0.7 s" in refused(mail(state.port, timeout=0.7))
    assert "can't be reached" in refused(mail(state.port))


def test_a_mail_server_without_starttls(certificate: tuple[Path, Path]) -> None:
    with mailbox(certificate, tls=True) as state:
        assert "127.0.0.1" in refused(mail(state.port, timeout=2.0))


# Commands


def command(code: str, **more: object) -> Command:
    return Command(**{"id": "pager", "command": (sys.executable, "-c", code), "timeout": 20.0, **more})  # type: ignore[arg-type]


def test_a_command_gets_the_event_on_its_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "ได้รับ.json"
    code = f"import sys; open({str(file)!r}, 'wb').write(sys.stdin.buffer.read())"
    assert deliver(command(code), EVENT) is None
    assert json.loads(file.read_text(encoding="utf-8")) == EVENT


def test_an_event_larger_than_a_pipe_reaches_a_command_that_reads_none_of_it() -> None:
    assert deliver(command("pass"), {**EVENT, "text": "ข่าว " * 1_000_000}) is None


def test_a_command_that_fails_is_said_with_its_last_words() -> None:
    told = refused(command("import sys; print('no pager here', file=sys.stderr); sys.exit(7)"))
    assert "exit code 7" in told
    assert "no pager here" in told
    assert "signal 9" in refused(command("import os; os.kill(os.getpid(), 9)"))
    missing = Command(id="pager", command=("/nowhere/page",))
    assert "/nowhere/page can't be started" in refused(missing)


def test_a_command_that_never_ends_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    file = tmp_path / "child"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(file)!r}, 'w').write(str(child.pid)); time.sleep(600)"
    )
    assert "did not end within 3 s" in refused(command(code, timeout=3.0))
    child = int(file.read_text())
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{child}").exists() and _state(child) != "Z" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists() or _state(child) == "Z"


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def test_a_command_keeps_the_environment() -> None:
    os.environ["KEPT_FOR_THE_PAGER"] = "yes"
    try:
        assert deliver(command("import os, sys; sys.exit(os.environ['KEPT_FOR_THE_PAGER'] != 'yes')"), EVENT) is None
    finally:
        del os.environ["KEPT_FOR_THE_PAGER"]
