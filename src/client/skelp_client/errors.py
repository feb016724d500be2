"""What may go wrong. Every error is a ClientError, and none has a token in its text."""

from __future__ import annotations

from skelp_client.records import Fault, Problem, Reason


class ClientError(Exception):
    """The base of all errors of this client."""


class Unreachable(ClientError):
    """The station did not answer. `sent`: it may have got the request all the same; False: it certainly has not."""

    def __init__(self, where: str, why: str, *, sent: bool) -> None:
        super().__init__(f"{where} does not answer: {why}; is the station running, and is the address right?")
        self.sent = sent


class NotTrusted(Unreachable):
    """The station's certificate is not one that `ca` trusts. Nothing was sent. It is not tried again."""

    def __init__(self, where: str, why: str) -> None:
        ClientError.__init__(self, f"{where} has a certificate that is not trusted: {why}; give the plant's ca.pem as `ca`")
        self.sent = False


class NotUnderstood(ClientError):
    """The answer is not what docs/rest.md describes. Another program may be at this address."""


class FeedHole(ClientError):
    """The event `found` came where `expected` should have come. It was not handed out."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"event {found} came where {expected} should have come: report it; reading on would miss or repeat events")
        self.expected, self.found = expected, found


class StationError(ClientError):
    """The station refused the request. Programs read `status`, `conflict`, `reason` and `faults`; `detail` is for people.

    `conflict` is None if there is none, as docs/rest.md lists them. `faults`: the values that are not valid.
    """

    def __init__(self, where: str, problem: Problem) -> None:
        super().__init__(f"{where}: {problem.status} {problem.title}: {problem.detail}")
        self.problem = problem

    @property
    def status(self) -> int:
        return self.problem.status

    @property
    def detail(self) -> str:
        return self.problem.detail

    @property
    def conflict(self) -> str | None:
        return self.problem.conflict

    @property
    def reason(self) -> Reason | None:
        return self.problem.reason

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.problem.faults


class NotAllowed(StationError):
    """401 or 403: the token is unknown, expired or revoked, or its role may not do this. It is not tried again."""


class NotFound(StationError):
    """404: there is no such coil, defect or picture."""


class Deleted(StationError):
    """410: it was deleted, because the station file says how long it is stored.

    For a coil's defects, `reason` says how many there were. For events, `oldest` is the number of the oldest one that is still there: read
    the coils that were missed from `coils()`, then go on with `after=oldest - 1` and the same `feed_id`.
    """

    @property
    def oldest(self) -> int | None:
        return self.problem.oldest


class FeedChanged(StationError):
    """409 with `feed_other` or `feed_beyond`: the station has another database, or an older copy of it.

    Tell a person. Then read the new feed with `after=0` and without `feed_id`.
    """
