"""Prometheus text from a station's description."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector


class _Described(Collector):
    def __init__(self, station: dict[str, Any]) -> None:
        self._station = station

    def collect(self) -> Iterable[Metric]:
        s = self._station
        yield GaugeMetricFamily("skelp_ready", "1 while lines are inspected and kept", float(s["ready"]))
        engine = {k: str(s["engine"][k]) for k in ("provider", "precision")}
        yield InfoMetricFamily("skelp_engine", "What the model runs on", engine)
        for name in ("lines_exposed", "lines_judged", "lines_overrun", "defects"):
            yield CounterMetricFamily(f"skelp_{name}", f"{name.replace('_', ' ')} since the station started", s["counts"].get(name, 0))
        busy = CounterMetricFamily("skelp_stage_busy_seconds", "Time each stage was busy", labels=["stage"])
        for stage, seconds in s["busy_s"].items():
            busy.add_metric([stage], seconds)
        yield busy
        queued = GaugeMetricFamily("skelp_queued", "Items waiting", labels=["channel"])
        for channel, items in s["queued"].items():
            queued.add_metric([channel], items)
        yield queued
        latency = GaugeMetricFamily("skelp_latency_ms", "Camera frame to stored result", labels=["quantile"])
        for quantile, ms in s["latency_ms"].items():
            if ms is not None:
                latency.add_metric([quantile], ms)
        yield latency
        yield GaugeMetricFamily("skelp_disk_free_gigabytes", "Free space where results are kept", s["disk"]["free_gb"])


def exposition(station: dict[str, Any]) -> bytes:
    """Prometheus text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Described(station))
    return generate_latest(registry)
