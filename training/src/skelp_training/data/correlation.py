"""Do two pictures show the same steel? Normalised cross-correlation over all shifts (Lewis, 1995; overlap by Padfield, 2012)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import torch

from skelp_training.data.pictures import U8

_SUSPECT = 0.60
"""Least correlation of the small pictures for which the full ones are compared."""
_SAME = 0.90
"""Least correlation of the full pictures that counts as the same steel."""
_LEAST_OVERLAP = 0.15


def small_picture(picture: U8, factor: float) -> torch.Tensor:
    """The picture reduced by `factor`, float32, without slow changes of light: texture is compared, not the lamp."""
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.float32)
    flat = small - cv2.GaussianBlur(small, (0, 0), 4)
    return torch.from_numpy(np.asarray(flat / max(float(flat.std()), 1e-3), np.float32))


class Spectra:
    """Fourier transforms of many small pictures, to correlate them with one picture at all shifts at once."""

    def __init__(self, pictures: Sequence[torch.Tensor], shape: torch.Size) -> None:
        """`shape` (rows, columns) is that of the pictures that will be given to `suspects`."""
        self._reach = tuple(max(p.shape[axis] for p in pictures) for axis in (0, 1))
        self._canvas = tuple(cv2.getOptimalDFTSize(r + s) for r, s in zip(self._reach, shape, strict=True))
        self._value = self._of(pictures)
        self._there = self._of([torch.ones_like(p) for p in pictures])
        self._one_shape = len({p.shape for p in pictures}) == 1
        # area and energy of these pictures within an overlap depend on the other picture's shape alone
        there = self._of([torch.ones(shape)])[0].conj()
        overlap = torch.fft.irfft2(self._there * there, s=self._canvas)
        self._energy = torch.fft.irfft2(self._of([p * p for p in pictures]) * there, s=self._canvas).clamp(min=1e-3)
        # of the smaller picture: a crop of a large one is the same steel
        least = torch.tensor([_LEAST_OVERLAP * min(p.numel(), shape.numel()) for p in pictures])[:, None, None]
        self._too_little_overlap = overlap < least

    def _of(self, pictures: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.stack([torch.fft.rfft2(p, s=self._canvas) for p in pictures])

    def suspects(self, one: torch.Tensor) -> Iterator[tuple[int, tuple[int, int]]]:
        """Index of each picture that may show the steel of `one`, and the shift (rows, columns) at which it does."""
        value, square = (self._of([x])[0].conj() for x in (one, one * one))
        there = self._there[:1] if self._one_shape else self._there
        energy = torch.fft.irfft2(there * square, s=self._canvas).clamp(min=1e-3)
        correlation = torch.fft.irfft2(self._value * value, s=self._canvas).div_((self._energy * energy).sqrt_())
        correlation.masked_fill_(self._too_little_overlap, 0)
        best, at = correlation.flatten(1).max(1)
        for n in torch.nonzero(best > _SUSPECT).flatten().tolist():
            row, column = divmod(int(at[n]), self._canvas[1])
            down, right = (v if v < r else v - size for v, r, size in zip((row, column), self._reach, self._canvas, strict=True))
            yield n, (down, right)


def confirm(a: U8, b: U8, shift: tuple[int, int], factor: float) -> tuple[float, float] | None:
    """Correlation and share of overlap of the full pictures near a shift of the small ones. None if it is not the same steel."""
    reach = int(np.ceil(2 / factor)) + 1
    down, right = (round(s / factor) for s in shift)
    top, left = max(0, down), max(0, right)
    bottom, end = min(a.shape[0], down + b.shape[0]), min(a.shape[1], right + b.shape[1])
    if min(bottom - top, end - left) < 2 * reach + 16:
        return None
    inner = a[top + reach : bottom - reach, left + reach : end - reach]
    around = b[max(0, top - down) : bottom - down, max(0, left - right) : end - right]
    correlation = float(cv2.matchTemplate(_sharp(around), _sharp(inner), cv2.TM_CCOEFF_NORMED).max())
    share = (bottom - top) * (end - left) / a.size
    return (round(correlation, 4), round(share, 4)) if correlation >= _SAME else None


def _sharp(picture: U8) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    grey = picture.astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), 6), np.float32)
