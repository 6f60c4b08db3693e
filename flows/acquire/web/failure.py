"""What can go wrong with a fetch: one exception with a code to decide by and a sentence to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class FetchError(Exception):
    """Something was not fetched.

    Attributes:
        reason: a code: `url`, `scheme`, `address`, `robots`, `left_alone`, `dns`, `connection`, `tls`, `timeout`,
            `protocol`, `truncated`, `too_large`, `bad_coding`, `redirect_loop`, `too_many_redirects`, `secret_echoed`,
            `stopped`, or `status_` with the number that the site answered.
        url: what was asked for.
        detail: a sentence that says what happened where, and what to do about it.
        again: whether it is worth asking again in the next run.
        retry_after: when the site wants to be asked again, if it said so.
        status: what the site answered; None where no answer came.
    """

    def __init__(
        self,
        reason: str,
        url: str,
        detail: str,
        *,
        again: bool = True,
        retry_after: datetime | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason, url, detail)
        self.reason = reason
        self.url = url
        self.detail = detail
        self.again = again
        self.retry_after = retry_after
        self.status = status

    def __str__(self) -> str:
        return f"{self.url}: {self.detail}"
