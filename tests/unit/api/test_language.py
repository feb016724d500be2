"""The coil map has text in the reader's language."""

from __future__ import annotations

import pytest

from skelp.api.language import best
from skelp.domain.outcome import Outcome
from tests.fakes import defect
from tests.station_server import V1, StationServer


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en;q=0.5, KO;q=0.6", "ko"),
        ("de-AT, de;q=0.9", "en"),
        ("de, ko;q=0.1", "ko"),
        ("ko;q=0, *", "en"),
        ("ko;q=high", "en"),
        (";;,,=", "en"),
    ],
)
def test_the_preferred_supported_language_of_a_header_is_chosen(accepted: str, language: str) -> None:
    assert best(accepted) == language


def test_the_map_is_in_the_requested_language(server: StationServer) -> None:
    server.expose(0, 6000)
    server.sink.write([Outcome("auto", "cam", defects=(defect(1, coil_id="auto", defect_id="auto-000001"),))])
    server.sink.close()

    def picture(query: str = "", **headers: str) -> tuple[str, bytes]:
        answer = server.client.get(f"{V1}/coils/auto/map.png{query}", headers=headers)
        assert answer.headers["vary"] == "Accept-Language"
        return answer.headers["content-language"], answer.content

    english, korean = picture(), picture("?lang=ko")
    assert (english[0], korean[0]) == ("en", "ko")
    assert english[1] != korean[1]
    assert picture(**{"Accept-Language": "ko-KR, en;q=0.8"}) == korean
    assert picture("?lang=en", **{"Accept-Language": "ko"}) == english
    assert server.client.get(f"{V1}/coils/auto/map.png?lang=xx").status_code == 422


def test_the_coverage_has_the_width_of_the_coil(server: StationServer) -> None:
    server.expose(0, 6000)
    assert server.client.get(f"{V1}/coils/auto/coverage").json()["width_mm"] == 900
