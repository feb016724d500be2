"""Makes Prometheus text of a station's status."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from skelp.domain.coverage import State
from skelp.domain.reasons import Code
from skelp.domain.status import StationStatus


class _Status(Collector):
    def __init__(self, status: StationStatus, certificate_ends_at: datetime | None) -> None:
        self._status, self._certificate_ends_at = status, certificate_ends_at

    def collect(self) -> Iterable[Metric]:
        s = self._status
        yield GaugeMetricFamily("skelp_ready", "1 while lines are inspected and results are stored", float(s.not_ready is None))
        engine = {"provider": s.engine.provider, "precision": s.engine.precision}
        yield InfoMetricFamily("skelp_engine", "Execution provider and precision of the model", engine)
        for name in ("lines_exposed", "lines_again", "lines_segmented", "lines_overrun", "defects"):
            yield CounterMetricFamily(f"skelp_{name}", f"{name.replace('_', ' ')} since the station started", s.counts.get(name, 0))
        yield from self._lines()
        busy = CounterMetricFamily("skelp_stage_busy_seconds", "Time each stage was busy", labels=["stage"])
        for stage, seconds in s.busy_s.items():
            busy.add_metric([stage], seconds)
        yield busy
        queued = GaugeMetricFamily("skelp_queued", "Items waiting", labels=["channel"])
        for channel, items in s.queued.items():
            queued.add_metric([channel], items)
        yield queued
        latency = GaugeMetricFamily("skelp_latency_ms", "Camera frame to stored result", labels=["quantile"])
        for quantile, ms in (("p50", s.latency_p50_ms), ("p99", s.latency_p99_ms)):
            if ms is not None:
                latency.add_metric([quantile], ms)
        yield latency
        yield GaugeMetricFamily("skelp_disk_free_gigabytes", "Free space on the disk of the results", s.disk_free_gb)
        if ends_at := self._certificate_ends_at:
            yield GaugeMetricFamily(
                "skelp_certificate_expires_timestamp_seconds", "When the server's certificate ends", ends_at.timestamp()
            )

    def _lines(self) -> Iterable[Metric]:
        """Lines by state and reason code, such as skelp_lines_lost{code="camera.silent"}. The sum of the states is all recorded lines."""
        inspected = CounterMetricFamily("skelp_lines_inspected", "Lines of all cameras that were inspected")
        degraded = CounterMetricFamily("skelp_lines_degraded", "Lines that were not fully inspected, by reason code", labels=["code"])
        lost = CounterMetricFamily("skelp_lines_lost", "Lines that were not inspected, by reason code", labels=["code"])
        screened = CounterMetricFamily("skelp_lines_screened", "Of the inspected lines, those that were screened")
        by_code = {State.DEGRADED: degraded, State.LOST: lost}
        inspected.add_metric([], sum(c.lines for c in self._status.lines if c.state is State.INSPECTED))
        screened.add_metric([], sum(c.lines for c in self._status.lines if c.code is Code.LINE_SCREENED))
        for count in self._status.lines:
            if count.code is not None and count.state in by_code:
                by_code[count.state].add_metric([count.code.value], count.lines)
        return inspected, screened, degraded, lost


def exposition(status: StationStatus, certificate_ends_at: datetime | None = None) -> bytes:
    """The status in Prometheus text format 0.0.4, UTF-8. `certificate_ends_at`: None without TLS."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Status(status, certificate_ends_at))
    return generate_latest(registry)
