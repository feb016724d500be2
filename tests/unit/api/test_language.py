"""The coil map speaks the reader's language."""

from __future__ import annotations

import pytest

from skelp.api.language import best
from skelp.domain.outcome import Outcome
from tests.fakes import defect
from tests.house import V1, House


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
def test_the_best_language_of_a_header(accepted: str, language: str) -> None:
    assert best(accepted) == language


def test_the_map_is_in_the_language_that_is_asked_for(house: House) -> None:
    house.expose(0, 6000)
    house.sink.write([Outcome("auto", "cam", defects=(defect(1, coil_id="auto", defect_id="auto-000001"),))])
    house.sink.close()

    def picture(query: str = "", **headers: str) -> tuple[str, bytes]:
        answer = house.client.get(f"{V1}/coils/auto/map.png{query}", headers=headers)
        assert answer.headers["vary"] == "Accept-Language"
        return answer.headers["content-language"], answer.content

    english, korean = picture(), picture("?lang=ko")
    assert (english[0], korean[0]) == ("en", "ko")
    assert english[1] != korean[1]
    assert picture(**{"Accept-Language": "ko-KR, en;q=0.8"}) == korean
    assert picture("?lang=en", **{"Accept-Language": "ko"}) == english
    assert house.client.get(f"{V1}/coils/auto/map.png?lang=xx").status_code == 422


def test_the_width_of_the_coil_is_served_with_its_coverage(house: House) -> None:
    house.expose(0, 6000)
    assert house.client.get(f"{V1}/coils/auto/coverage").json()["width_mm"] == 900
