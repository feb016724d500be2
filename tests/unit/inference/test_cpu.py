"""The CPU's bf16 is known by the names that Linux gives it."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from skelp.inference import cpu


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flags : fpu avx2 avx512f avx512_bf16 avx", True),
        ("flags : fpu amx_bf16 amx_tile", True),
        ("Features : fp asimd bf16 i8mm", True),
        ("flags : fpu avx2 avx512f avx512_bf16x", False),
        ("", False),
    ],
)
def test_bf16_is_found_by_its_flag(line: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpuinfo").write_text(line + "\n")
    monkeypatch.setattr(cpu, "_CPUINFO", tmp_path / "cpuinfo")
    assert cpu.has_bf16.__wrapped__() is expected


def test_a_machine_that_does_not_say_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "_CPUINFO", tmp_path / "none")
    assert cpu.has_bf16.__wrapped__() is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model name\t: Xeon(R) 8\nflags\t: fpu avx2 avx512f\nmodel name\t: Xeon(R) 9\n", "Xeon(R) 8 (avx2 avx512f)"),
        ("CPU implementer\t: 0x41\nCPU part\t: 0xd42\nFeatures\t: fp asimd asimddp\n", "0x41 0xd42 (asimd asimddp)"),
        ("", f"{platform.machine()} ()"),
    ],
)
def test_a_cpu_is_named_with_its_instruction_sets(text: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(cpu, "_CPUINFO", tmp_path / "cpuinfo")
    assert cpu.cpu_name.__wrapped__() == expected
