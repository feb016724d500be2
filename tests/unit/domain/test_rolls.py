"""Which roll leaves marks at which distance."""

import math
from pathlib import Path

import pytest

from skelp.config import load_rolls
from skelp.domain.errors import SkelpError
from skelp.domain.rolls import Roll, RollTable
from skelp.domain.strip import Side
from tests.conftest import ROOT


def test_marks_of_a_roll_lie_its_circumference_apart_longer_by_slip_and_elongation() -> None:
    roll = Roll("work roll", (600, 650), elongation=(1.2, 1.3), forward_slip=(0.0, 0.05))
    assert roll.period_mm == pytest.approx((math.pi * 600 * 1.2, math.pi * 650 * 1.05 * 1.3))


def test_a_roll_is_named_where_distance_and_side_fit_the_likeliest_first() -> None:
    top, bottom = Roll("top", (600, 650), side=Side.TOP), Roll("bottom", (600, 650), side=Side.BOTTOM)
    either = Roll("deflector", (630, 670))
    table = RollTable((top, bottom, either))
    assert table.named(math.pi * 645, 0, Side.TOP) == ("deflector", "top")
    assert table.named(math.pi * 620, 0, Side.BOTTOM) == ("bottom",)
    assert table.named(math.pi * 598, 10, Side.TOP) == ("top",)
    assert table.named(math.pi * 500, 10, Side.TOP) == ()
    assert table.longest_mm == math.pi * 670
    assert RollTable().longest_mm == 0


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('[[rolls]]\nname = "r"\ndiameter_mm = [650, 600]', "diameter_mm must be a lowest and a highest value"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [0, 600]', "diameter_mm must be a lowest and a highest value from 1 to 5000"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [600, 650]\nelongation = [1.5]', "elongation"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [600, 650]\nside = "left"', "side"),
        ('[[rolls]]\nname = "r"\ndiameter = [600, 650]', "diameter_mm"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [600, inf]', "diameter_mm"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [600, 6000]', "diameter_mm must be .* from 1 to 5000"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [600, 650]\nforward_slip = [1, 5]', "forward_slip must be .* to 0.5"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [1.0, 1.4]', "4 mm apart at most, and skelp looks for 300 to 60000 mm"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [600, 650]\nelongation = [25, 45]', "apart at most"),
        ('[[rolls]]\nname = "a; b"\ndiameter_mm = [600, 650]', "name must be 1 to 64 printable characters without ;"),
        ('[[rolls]]\nname = ""\ndiameter_mm = [600, 650]', "name must be"),
        ('[[rolls]]\nname = "r"\ndiameter_mm = [600, 700]\n[[rolls]]\nname = "r"\ndiameter_mm = [600, 700]', "two rolls have the name r"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_its_fault(tmp_path: Path, body: str, fault: str) -> None:
    file = tmp_path / "rolls.toml"
    file.write_text(body)
    with pytest.raises(SkelpError, match=fault):
        load_rolls(file)


def test_the_example_is_a_table() -> None:
    assert len(load_rolls(ROOT / "edge" / "rolls.toml").rolls) == 5
    assert load_rolls(None) == RollTable()
