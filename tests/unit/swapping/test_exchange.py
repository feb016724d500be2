"""A model that was chosen inspects the coils that begin later. It outlives a restart, and gives way to the one before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from skelp.domain.band import Band
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.coverage import Interval, State
from skelp.domain.cuts import Cut
from skelp.domain.errors import SkelpError
from skelp.domain.models import Why
from skelp.domain.strip import Block, CoilLine
from skelp.inference.card import CardError
from skelp.inference.model_file import ModelError
from skelp.swapping.exchange import Exchange, standing
from tests.fakes import coil, defect
from tests.models import CARD, bright_spots
from tests.unit.swapping.conftest import House


def versions(house: House) -> tuple[str, str, str | None]:
    status = house.exchange.status()
    return status.running.version, status.chosen.version, status.previous.version if status.previous else None


def test_a_chosen_model_waits_for_the_next_coil(house: House) -> None:
    assert house.line.begin("C1") == "1"
    house.ask(house.write("new.onnx", version="2"))
    assert versions(house) == ("1", "2", "1")
    assert house.line.told == []
    assert house.line.begin("C2") == "2"
    assert versions(house) == ("2", "2", "1")
    (told,) = house.line.told
    assert (told["model"], told["before"], told["first_coil"]) == ("bright 2", "bright 1", "C2")


def test_a_rollback_is_one_command_and_opens_nothing(house: House) -> None:
    house.ask(house.write("new.onnx", version="2"))
    (house.folder / "new.onnx").unlink()
    house.own.unlink()
    house.line.begin("C1")
    house.exchange.roll_back()
    house.wait()
    assert house.line.begin("C2") == "1"
    assert house.line.networks.of("C2") is house.held.network
    with pytest.raises(ConflictError) as refused:
        house.exchange.roll_back()
    assert refused.value.conflict is Conflict.NO_MODEL_BEFORE


def test_asking_for_the_chosen_model_again_changes_nothing(house: House) -> None:
    house.ask(house.write("new.onnx", version="2"))
    chosen = house.line.networks.chosen
    house.ask("new.onnx")
    assert house.line.networks.chosen is chosen
    assert len(house.database.reader.chosen_models(limit=9)) == 1


def restarted(house: House) -> tuple[str, str | None]:
    """Version of the model that stands after a restart, and the code of the reason why another one does not."""
    chosen = next(iter(house.database.reader.chosen_models(limit=1)), None)
    held, refused = standing(house.held, chosen, house.opener, house.rules)
    return held.id.version, refused.reason.code.value if refused else None


def test_the_choice_outlives_a_restart(house: House) -> None:
    house.ask(house.write("new.onnx", version="2"))
    assert restarted(house) == ("2", None)
    house.exchange.roll_back()
    house.wait()
    assert restarted(house) == ("1", None)


def test_another_model_in_the_station_file_ends_the_choice(house: House, tmp_path: Path) -> None:
    house.ask(house.write("new.onnx", version="2"))
    other = tmp_path / "other"
    other.mkdir()
    bright_spots(other / "own.onnx", {**CARD, "version": "3"})
    later = House(other)
    chosen = house.database.reader.chosen_models(limit=1)[0]
    held, refused = standing(later.held, chosen, later.opener, house.rules)
    later.close()
    assert (held.id.version, refused) == ("3", None)


@pytest.mark.parametrize("damage", ["gone", "other", "broken"])
def test_a_chosen_model_that_is_gone_at_the_start_gives_way_with_a_reason(house: House, damage: str) -> None:
    house.ask(house.write("new.onnx", version="2"))
    if damage == "gone":
        (house.folder / "new.onnx").unlink()
    elif damage == "other":
        house.write("new.onnx", version="9")
    else:
        (house.folder / "new.onnx").write_bytes(b"\x08\x09 no model")
    assert restarted(house) == ("1", "model.not_a_model" if damage == "broken" else "model.gone")


def test_a_station_without_a_folder_takes_no_model(house: House) -> None:
    house.exchange._rules = replace(house.rules, folder=None)
    with pytest.raises(ConflictError) as refused:
        house.exchange.ask("new.onnx", watch=True)
    assert refused.value.conflict is Conflict.NO_MODEL_FOLDER


def inspected(house: House, coil_id: str, defects: int, at: datetime, sha256: str) -> None:
    """Store a final coil of 1 km."""
    with house.database.writer.transaction() as change:
        change.add_coil(replace(coil(coil_id, model_sha256=sha256, mm_per_line=1.0), started_at=at))
        change.record_interval(coil_id, "a", Interval(0, 1_000_000, State.INSPECTED))
        change.add_defects([defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n}") for n in range(defects)])
        change.complete_coil(coil_id)


def with_history(tmp_path: Path, coils: int) -> House:
    house = House(tmp_path, band=Band(coils=5, before=20, at_least=20))
    start = datetime.now(UTC) - timedelta(hours=1)
    for n in range(coils):
        inspected(house, f"old{n}", 3 + n % 3, start + timedelta(seconds=n), house.held.model.sha256)
    house.write("new.onnx", version="2")
    return house


def add_new(house: House, coils: int, defects: int) -> None:
    sha256 = house.exchange.status().chosen.sha256
    for n in range(coils):
        inspected(house, f"new{n}-{coils}", defects, datetime.now(UTC) + timedelta(seconds=n), sha256)


def test_a_model_whose_rates_leave_their_band_is_rolled_back_with_the_reason(tmp_path: Path) -> None:
    house = with_history(tmp_path, 20)
    house.ask("new.onnx")
    add_new(house, 1, 40)
    house.exchange.look()
    assert house.exchange.status().chosen.version == "2"  # one coil of 21 may be the worst by chance
    add_new(house, 3, 40)
    house.exchange.look()
    assert versions(house)[1:] == ("1", None)
    (data,) = [data for kind, data in house.events() if kind == "model.rolled_back"]
    assert (data["model"], data["to"], data["reason"]["code"]) == ("bright 2", "bright 1", "model.defect_rate")
    assert (data["reason"]["args"]["coils"], data["reason"]["args"]["now"]) == (4, 4.0)
    assert house.database.reader.chosen_models(limit=1)[0].why is Why.RATES
    house.exchange.look()  # the watch has ended
    house.close()


def test_a_model_that_fails_on_the_line_is_not_started_again(house: House) -> None:
    house.ask(house.write("new.onnx", version="2"))
    house.exchange.line_failed(SkelpError("the disk is full"))
    assert restarted(house) == ("2", None)
    house.exchange.line_failed(CardError("class 9 is not in the card"))
    assert restarted(house) == ("1", None)
    (data,) = [data for kind, data in house.events() if kind == "model.rolled_back"]
    assert data["reason"] == {"code": "model.cannot_run", "args": {"error": "class 9 is not in the card"}}


@pytest.mark.parametrize(("watch", "history", "defects"), [(True, 20, 4), (True, 19, 400), (False, 20, 400)])
def test_rates_in_their_band_little_history_or_no_watch_change_nothing(tmp_path: Path, history: int, defects: int, *, watch: bool) -> None:
    house = with_history(tmp_path, history)
    house.ask("new.onnx", watch=watch)
    add_new(house, 5, defects)
    house.exchange.look()
    assert house.exchange.status().chosen.version == "2"
    assert house.exchange._watched is None
    house.close()


def test_pieces_of_a_coil_do_not_count_as_coils_of_the_new_model(tmp_path: Path) -> None:
    house = with_history(tmp_path, 20)
    house.ask("new.onnx")
    add_new(house, 1, 40)
    with house.database.writer.transaction() as change:
        for n in range(4):
            change.derive_coil(f"piece{n}", {}, [Cut("new0-1")])
    house.exchange.look()
    assert house.exchange.status().chosen.version == "2", "one bad coil, however it is slit"
    house.close()


def after_restart(house: House) -> Exchange:
    """The exchange as a station that starts again makes it."""
    since, before = (*house.database.reader.chosen_models(limit=2), None, None)[:2]
    assert since is not None
    held, _ = standing(house.held, since, house.opener, house.rules)
    return house.made(held, since if held is not house.held else None, before)


def test_a_watch_goes_on_after_a_restart_with_the_coils_of_the_model_that_ran_before(tmp_path: Path) -> None:
    """The station file's model found a tenth of what its follower finds. A third one that finds as much as the follower is no worse."""
    house = with_history(tmp_path, 20)
    house.ask("new.onnx", watch=False)
    for n in range(20):
        inspected(house, f"second{n}", 40 + n % 3, datetime.now(UTC), house.exchange.status().chosen.sha256)
    house.ask(house.write("third.onnx", version="3"))
    add_new(house, 5, 41)
    house.exchange.look()
    again = after_restart(house)
    again.look()
    assert again.status().chosen.version == "3"
    house.close()


def test_only_the_network_that_failed_is_to_blame(house: House) -> None:
    house.ask(house.write("new.onnx", version="2"))
    house.line.begin("C1")
    house.ask(house.write("third.onnx", version="3"))
    wrong = Block("C1", "a", CoilLine(0), 8, 8, 8, 8, np.zeros((7, 7), np.uint8), 0, 7)
    with pytest.raises(ModelError) as failed:
        list(house.line.networks.at([wrong], hurried=False))
    house.exchange.line_failed(CardError(str(failed.value)))
    assert restarted(house) == ("3", None), "the third model had no coil yet"
    house.line.begin("C2")
    with pytest.raises(ModelError):
        list(house.line.networks.at([replace(wrong, coil_id="C2")], hurried=False))
    house.exchange.line_failed(CardError("it fails"))
    assert restarted(house) == ("2", None)


def test_a_rollback_that_another_choice_overtook_changes_nothing(house: House) -> None:
    house.ask(house.write("new.onnx", version="2"))
    before = house.held
    house.ask(house.write("third.onnx", version="3"))
    house.exchange._go_back(before)
    assert house.exchange.status().chosen.version == "3"
