import type { Defect, Interval, Periodic, Stretch } from "./api";
import { type Box, drawBand, labelBand } from "./bands";
import { density, MARK, type Range, ticks } from "./filters";
import { hatch, themed } from "./hatch";
import { colour, MARK_DASH, markerPath, shape } from "./palette";
import { isCovered, isCrowded } from "./stretches";

const DENSITY_PX = 48;
const AXIS_PX = 26;
const GAP_PX = 14;
/** Width of the scale left of the coil, in CSS px. */
export const LEFT_PX = 52;
/** Height of the density and the scale below the coil, in CSS px. */
export const UNDER_PX = DENSITY_PX + AXIS_PX + GAP_PX;
const NEAR_PX = 12;
const LANE_GAP_PX = 6;
const BAR_PX = 6;
/** How far above its defects the comb of a series lies, and the length of its teeth. */
const COMB_PX = 13;
const MARKER_PX = 10;
const BAND_FONT_PX = 13;
const TOOTH_PX = 6;

/** The coil map on a canvas: head at the left, operator side on top, and below it how many defects there are along the coil. */
export class Unrolled {
  private placed: { x: number; y: number; defect: Defect }[] = [];

  constructor(
    private canvas: HTMLCanvasElement,
    private range: Range,
    private width_mm: number,
    private sides: readonly string[],
  ) {}

  private px(css: number): number {
    return css * devicePixelRatio;
  }

  private get left(): number {
    return this.px(LEFT_PX);
  }

  private get bottom(): number {
    return this.canvas.height - this.px(UNDER_PX);
  }

  /** Each side has a lane of its own, the top side above. */
  private get laneHeight(): number {
    return (this.bottom - this.px(LANE_GAP_PX) * (this.sides.length - 1)) / this.sides.length;
  }

  private laneTop(side: string): number {
    return Math.max(0, this.sides.indexOf(side)) * (this.laneHeight + this.px(LANE_GAP_PX));
  }

  private x(m: number): number {
    const share = (m - this.range.from_m) / (this.range.to_m - this.range.from_m);
    return this.left + share * (this.canvas.width - this.left);
  }

  private get pxPerM(): number {
    return (this.canvas.width - this.left) / (this.range.to_m - this.range.from_m);
  }

  private box(s: Stretch): Box {
    const [top, perMm] = [this.laneTop(s.side), this.laneHeight / this.width_mm];
    const [left, right] = [this.x(s.from_mm / 1000), this.x(s.to_mm / 1000)];
    return { left, right, top: top + s.across_from_mm * perMm, bottom: top + s.across_to_mm * perMm };
  }

  /** The metre at a point of the canvas, in canvas px; beside the map, the nearer end of what is shown. */
  metres(x: number): number {
    const share = Math.min(1, Math.max(0, (x - this.left) / (this.canvas.width - this.left)));
    return this.range.from_m + share * (this.range.to_m - this.range.from_m);
  }

  draw(
    defects: readonly Defect[],
    periodic: readonly Periodic[],
    stretches: readonly Stretch[],
    coverage: readonly Interval[],
    chosen: string | null,
  ): void {
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.save();
    pen.beginPath();
    pen.rect(this.left, 0, this.canvas.width, this.bottom);
    pen.clip();
    this.drawCoverage(pen, coverage);
    for (const side of this.sides.slice(1)) {
      const gap = this.px(LANE_GAP_PX);
      pen.clearRect(0, this.laneTop(side) - gap, this.canvas.width, gap);
    }
    const [perM, perMm] = [this.pxPerM, this.laneHeight / this.width_mm];
    const bands = stretches.filter((s) => isCrowded(s, perM, perMm, this.px(MARKER_PX)));
    for (const s of bands) drawBand(pen, this.box(s), s);
    this.drawDefects(pen, defects, bands, chosen);
    for (const s of bands) labelBand(pen, this.box(s), s, this.px(BAND_FONT_PX), [this.left, this.canvas.width]);
    for (const series of periodic) this.drawComb(pen, series);
    pen.restore();
    this.drawDensity(pen, defects);
    this.drawScales(pen);
  }

  /** The defect nearest to a point of the canvas; null if none is near. */
  at(x: number, y: number): Defect | null {
    let best: Defect | null = null;
    let least = this.px(NEAR_PX) ** 2;
    for (const p of this.placed) {
      const away = (p.x - x) ** 2 + (p.y - y) ** 2;
      if (away < least) [best, least] = [p.defect, away];
    }
    return best;
  }

  private drawCoverage(pen: CanvasRenderingContext2D, coverage: readonly Interval[]): void {
    const looks = {
      inspected: themed("--steel"),
      degraded: hatch(pen, themed("--warn"), 20),
      lost: hatch(pen, themed("--bad"), 10),
    };
    for (const i of coverage) {
      const [left, right] = [this.x(i.from_m), this.x(i.to_m)];
      if (right < 0 || left > this.canvas.width) continue;
      const width = Math.max(i.state === "inspected" ? 0 : 3, right - left);
      if (i.state === "degraded") {
        pen.fillStyle = looks.inspected;
        pen.fillRect(left, 0, width, this.bottom);
      }
      pen.fillStyle = looks[i.state];
      pen.fillRect(left, 0, width, this.bottom);
    }
  }

  private drawDefects(
    pen: CanvasRenderingContext2D,
    defects: readonly Defect[],
    bands: readonly Stretch[],
    chosen: string | null,
  ): void {
    this.placed = [];
    const [perMm, radius] = [this.laneHeight / this.width_mm, this.px(MARKER_PX / 2)];
    const perM = this.pxPerM;
    for (const d of defects) {
      const x = this.x((d.along_mm + d.length_mm / 2) / 1000);
      if (x < this.left - 20 || x > this.canvas.width + 20) continue;
      const y = this.laneTop(d.side) + (d.across_mm + d.width_mm / 2) * perMm;
      this.placed.push({ x, y, defect: d });
      const isMark = d.severity === MARK;
      pen.fillStyle = pen.strokeStyle = isMark ? themed("--quiet") : colour(d.class);
      if (!isMark && d.defect_id !== chosen && isCovered(d, bands)) {
        pen.globalAlpha = 0.5;
        pen.fillRect(x, y, this.px(1), this.px(1));
        pen.globalAlpha = 1;
        continue;
      }
      pen.setLineDash(isMark ? MARK_DASH : []);
      const [long, wide] = [(d.length_mm / 1000) * perM, d.width_mm * perMm];
      if (long > 2 * radius || wide > 2 * radius) {
        pen.lineWidth = 1.5;
        pen.strokeRect(x - long / 2, y - wide / 2, long, wide);
      }
      const path = markerPath(shape(d.class), x, y, d.severity >= 3 ? 1.5 * radius : radius);
      if (isMark) pen.stroke(path);
      else pen.fill(path);
      pen.setLineDash([]);
      if (d.defect_id === chosen) {
        pen.strokeStyle = themed("--ink");
        pen.lineWidth = 3;
        pen.strokeRect(x - 2.2 * radius, y - 2.2 * radius, 4.4 * radius, 4.4 * radius);
      }
    }
  }

  /** A line from the first to the last defect of a series, with a tooth at each turn; where teeth would touch, at every second, fourth ... */
  private drawComb(pen: CanvasRenderingContext2D, series: Periodic): void {
    const [top, at] = [this.laneTop(series.side), (series.across_mm / this.width_mm) * this.laneHeight];
    const down = at < this.px(2 * COMB_PX) ? -1 : 1; // near the operator side there is no room above
    const y = top + at - down * this.px(COMB_PX);
    const [from, to] = [this.x(series.first_mm / 1000), this.x(series.last_mm / 1000)];
    const turns = Math.max(1, Math.round((series.last_mm - series.first_mm) / series.period_mm));
    if (!(to > from)) return;
    let every = 1;
    while (every < turns && ((to - from) / turns) * every < this.px(3)) every *= 2;
    pen.strokeStyle = pen.fillStyle = themed("--ink");
    pen.lineWidth = this.px(1.5);
    pen.beginPath();
    pen.moveTo(from, y);
    pen.lineTo(to, y);
    for (let n = 0; n <= turns; n += every) {
      const x = from + ((to - from) * n) / turns;
      pen.moveTo(x, y);
      pen.lineTo(x, y + down * this.px(TOOTH_PX));
    }
    pen.stroke();
  }

  private drawDensity(pen: CanvasRenderingContext2D, defects: readonly Defect[]): void {
    const bar = this.px(BAR_PX);
    const counts = density(defects, this.range, Math.max(1, Math.floor((this.canvas.width - this.left) / bar)));
    const [most, base] = [Math.max(1, ...counts), this.bottom + this.px(GAP_PX + DENSITY_PX)];
    pen.fillStyle = themed("--quiet");
    counts.forEach((count, n) => {
      const height = (count / most) * this.px(DENSITY_PX);
      pen.fillRect(this.left + n * bar, base - height, bar - 1, height);
    });
  }

  /** Metres below the map, millimetres beside each lane. */
  private drawScales(pen: CanvasRenderingContext2D): void {
    pen.fillStyle = pen.strokeStyle = themed("--quiet");
    pen.lineWidth = devicePixelRatio;
    pen.font = `${this.px(13)}px system-ui, sans-serif`;
    for (const m of ticks(this.range.from_m, this.range.to_m, 10)) {
      const x = this.x(m);
      pen.textAlign = x > this.canvas.width - this.px(20) ? "right" : x < this.left + this.px(10) ? "left" : "center";
      pen.fillText(`${m} m`, x, this.canvas.height - this.px(8));
    }
    for (const side of this.sides) this.drawAcross(pen, this.laneTop(side));
  }

  private drawAcross(pen: CanvasRenderingContext2D, top: number): void {
    pen.textAlign = "right";
    for (const mm of ticks(0, this.width_mm, this.sides.length > 1 ? 3 : 6)) {
      const y = top + (mm / this.width_mm) * this.laneHeight;
      const isAtEnd = y + this.px(6) > top + this.laneHeight;
      pen.textBaseline = mm === 0 ? "top" : isAtEnd ? "bottom" : "middle";
      pen.fillText(mm === 0 ? "0 mm" : `${mm}`, this.left - this.px(8), y);
      pen.beginPath();
      pen.moveTo(this.left - this.px(5), y);
      pen.lineTo(this.left, y);
      pen.stroke();
    }
    pen.textBaseline = "alphabetic";
  }
}
