"""Makes frame sources from the cameras of a station file. A new kind of camera is added in `make_source`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from skelp.camera_config import Camera, FilesCamera, GenicamCamera
from skelp.capture.files import FileSource
from skelp.capture.genicam.settings import CameraSettings, load_camera_file
from skelp.capture.isolated import IsolatedSource
from skelp.capture.synthetic import SyntheticConfig, SyntheticSource
from skelp.capture.synthetic.planting import Density
from skelp.capture.synthetic.surface import Look
from skelp.domain.errors import SkelpError
from skelp.domain.events import Publish, nowhere
from skelp.domain.strip import CameraView, Scale
from skelp.pictures.listing import list_pictures
from skelp.ports import FrameSource


def make_source(camera: Camera, publish: Publish = nowhere) -> FrameSource:
    """Makes the source of one camera. The source publishes CameraLost and CameraBack."""
    if isinstance(camera, GenicamCamera):
        return make_genicam(camera, load_camera_file(camera.file), publish)
    scale = Scale(camera.mm_per_px, camera.mm_per_line)
    if isinstance(camera, FilesCamera):
        return _files(camera, scale)
    return SyntheticSource(
        SyntheticConfig(
            seed=camera.seed,
            width=camera.strip_px or camera.width,
            scale=scale,
            lines=camera.lines,
            frame_lines=camera.frame_lines,
            line_rate_hz=camera.line_rate_hz,
            look=Look(noise_dn=camera.noise_dn),
            density=Density() if camera.defects else Density.clean(),
            drop_rate=camera.drop_rate,
            bit_error_rate=camera.bit_error_rate,
            camera=camera.name,
            side=camera.side,
            first_column=camera.first_column,
            window_px=camera.width if camera.strip_px else None,
        )
    )


def _files(camera: FilesCamera, scale: Scale) -> FileSource:
    """Raises SkelpError if a folder has pictures that are missing or would be left out: their steel would be missing from the strip."""
    found = list_pictures(camera.paths, recursive=camera.recursive, order=camera.order)
    if found.pictures_left_out:
        raise SkelpError(f"camera {camera.name}: {found.in_words}; set recursive = true for subfolders, or correct the names of the files")
    if found.missing:
        gap = f"{found.missing.pictures} pictures are missing by their numbers, the first after {found.missing.after}"
        raise SkelpError(f'camera {camera.name}: {gap}; bring them, or set order = "name" if the numbers mean nothing')
    return FileSource(found.files, scale, camera=camera.name, reading=camera.reading)


def make_genicam(camera: GenicamCamera, settings: CameraSettings, publish: Publish = nowhere) -> FrameSource:
    """Makes the source of a GenICam camera. It runs in a child process, unless the station file sets `isolated = false`."""
    make = partial(_genicam, camera, settings)
    return IsolatedSource(make, frame_lines=settings.frame_lines, publish=publish) if camera.isolated else make(publish)


def make_sources(cameras: Sequence[Camera], publish: Publish = nowhere) -> list[FrameSource]:
    """Makes the sources of a station. Raises SkelpError if their scales differ."""
    sources = [make_source(c, publish) for c in cameras]
    scales = {s.view.camera: (s.view.scale.mm_per_px, s.view.scale.mm_per_line) for s in sources}
    if len(set(scales.values())) > 1:
        raise SkelpError(
            f"all cameras of a station need the same mm_per_px and mm_per_line, got {scales}; give them the same optics and line rate"
        )
    return sources


def _genicam(camera: GenicamCamera, settings: CameraSettings, publish: Publish) -> FrameSource:
    try:
        from skelp.capture.genicam.source import GenicamSource  # noqa: PLC0415 - only stations with real cameras have harvesters
    except ImportError as error:
        raise SkelpError(f"camera {camera.name} needs harvesters and genicam: pip install 'skelp[genicam]' ({error})") from error
    scale = Scale(settings.mm_per_px, settings.mm_per_line)
    free = settings.line_rate_hz is not None
    view = CameraView(camera.name, settings.width, scale, camera.side, settings.first_column, settings.behind_mm, free_running=free)
    return GenicamSource(settings, view, publish)
