"""Makes webhooks from a station file."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from skelp.domain.errors import SkelpError
from skelp.domain.webhooks import read_secret
from skelp.settings import WebhookSettings
from skelp.sinks.courier import Hook
from skelp.sinks.post import Poster
from skelp.validation import read_text


def made_hook(wanted: WebhookSettings) -> Hook:
    """A webhook with its key. Raises SkelpError if its secret or its certificates cannot be read."""
    text = read_text(wanted.secret, f"secret of webhook {wanted.name}", f"skelp webhook secret {wanted.secret} makes one")
    try:
        key = read_secret(text)
    except ValueError as error:
        raise SkelpError(f"{wanted.secret}: {error}; skelp webhook secret FILE makes one") from error
    post = Poster(wanted.name, wanted.url, wanted.certificate_authority)
    return Hook(wanted.name, _plain(urlsplit(wanted.url)), frozenset(wanted.events), key, post)


def _plain(url: SplitResult) -> str:
    """An address without what may be secret in it: user, password and query."""
    host = url.hostname or ""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}{url.path}"
