import type { Stretch } from "./api";
import { themed } from "./hatch";
import { grouped } from "./numbers";
import { colour } from "./palette";
import { className } from "./sentences";

/** A part of the canvas, in canvas px. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const TINT = 0.25;
const BORDER = 2;

/** A heavy stretch as one band in the colour of its class. */
export function drawBand(pen: CanvasRenderingContext2D, box: Box, s: Stretch): void {
  const at = [
    box.left - BORDER,
    box.top - BORDER,
    box.right - box.left + 2 * BORDER,
    box.bottom - box.top + 2 * BORDER,
  ] as const;
  pen.globalAlpha = TINT;
  pen.fillStyle = colour(s.class);
  pen.fillRect(...at);
  pen.globalAlpha = 1;
  pen.strokeStyle = themed("--ink");
  pen.lineWidth = BORDER;
  pen.strokeRect(...at);
}

/** How many defects it has, above it; where there is no room above, below its upper edge. `within`: the ends of the map, px. */
export function labelBand(
  pen: CanvasRenderingContext2D,
  box: Box,
  s: Stretch,
  size: number,
  within: readonly [number, number],
): void {
  const [left, right] = within;
  if (box.right < left || box.left > right) return;
  pen.font = `${size}px system-ui, sans-serif`;
  const text = `${grouped(s.defects)} ${className(s.class)}`;
  const [wide, high] = [pen.measureText(text).width + size, 1.5 * size];
  const x = Math.max(left, Math.min(box.left, right - wide));
  const y = box.top - high < 0 ? box.top : box.top - high;
  pen.fillStyle = themed("--paper");
  pen.fillRect(x, y, wide, high);
  pen.strokeStyle = pen.fillStyle = themed("--ink");
  pen.lineWidth = 1;
  pen.strokeRect(x, y, wide, high);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(text, x + size / 2, y + high / 2);
  pen.textBaseline = "alphabetic";
}
