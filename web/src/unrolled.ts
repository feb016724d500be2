import { hatch, themed } from "./hatch";
import { metres } from "./i18n";
import { colour, markerPath, shape } from "./palette";
import type { Defect, Interval } from "./types";

export interface Range {
  from_m: number;
  to_m: number;
}

const DENSITY_PX = 48;
const AXIS_PX = 26;
const GAP_PX = 14;
/** Height of density strip and axis below the coil. */
export const UNDER_PX = DENSITY_PX + AXIS_PX + GAP_PX;
const NEAR_PX = 12;
const LANE_GAP_PX = 6;

/** Which defects a list of filters leaves. */
export interface Filter {
  hidden: ReadonlySet<string>;
  severity: number;
  side: string;
}

export function filtered(defects: readonly Defect[], filter: Filter): Defect[] {
  return defects.filter(
    (d) => !filter.hidden.has(d.class) && d.severity >= filter.severity && (!filter.side || d.side === filter.side),
  );
}

/** Those that begin in a range, from its head on. */
export function within(defects: readonly Defect[], range: Range): Defect[] {
  const inside = defects.filter((d) => d.along_mm >= 1000 * range.from_m && d.along_mm <= 1000 * range.to_m);
  return inside.sort((a, b) => a.along_mm - b.along_mm);
}

/** How many defects begin in each of `bins` equal parts of a range. */
export function density(defects: readonly Defect[], range: Range, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const span = range.to_m - range.from_m;
  for (const d of defects) {
    const bin = Math.floor(((d.along_mm / 1000 - range.from_m) / span) * bins);
    if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The coil unrolled on a canvas: along from left to right, across from above. Coverage lies underneath, density below. */
export class Unrolled {
  private placed: { x: number; y: number; defect: Defect }[] = [];

  constructor(
    private canvas: HTMLCanvasElement,
    private range: Range,
    private width_mm: number,
    private sides: readonly string[],
  ) {}

  private get bottom(): number {
    return this.canvas.height - UNDER_PX;
  }

  /** Each side has a lane of its own, top side above. */
  private get laneHeight(): number {
    return (this.bottom - LANE_GAP_PX * (this.sides.length - 1)) / this.sides.length;
  }

  private laneTop(side: string): number {
    return Math.max(0, this.sides.indexOf(side)) * (this.laneHeight + LANE_GAP_PX);
  }

  private x(m: number): number {
    return ((m - this.range.from_m) / (this.range.to_m - this.range.from_m)) * this.canvas.width;
  }

  /** Metres at a place on the canvas, in its own pixels. */
  metres(x: number): number {
    return this.range.from_m + (x / this.canvas.width) * (this.range.to_m - this.range.from_m);
  }

  draw(defects: readonly Defect[], account: readonly Interval[], chosen: string | null): void {
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.drawCoverage(pen, account);
    for (const side of this.sides.slice(1))
      pen.clearRect(0, this.laneTop(side) - LANE_GAP_PX, this.canvas.width, LANE_GAP_PX);
    this.drawDefects(pen, defects, chosen);
    this.drawDensity(pen, defects);
    this.drawAxis(pen);
  }

  /** The defect nearest to a place, if one is near. */
  at(x: number, y: number): Defect | null {
    let best: Defect | null = null;
    let least = NEAR_PX * NEAR_PX * devicePixelRatio * devicePixelRatio;
    for (const p of this.placed) {
      const away = (p.x - x) ** 2 + (p.y - y) ** 2;
      if (away < least) [best, least] = [p.defect, away];
    }
    return best;
  }

  private drawCoverage(pen: CanvasRenderingContext2D, account: readonly Interval[]): void {
    const looks = {
      inspected: themed("--steel"),
      degraded: hatch(pen, themed("--warn"), 20),
      lost: hatch(pen, themed("--bad"), 10),
    };
    for (const i of account) {
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

  private drawDefects(pen: CanvasRenderingContext2D, defects: readonly Defect[], chosen: string | null): void {
    this.placed = [];
    const [perMm, radius] = [this.laneHeight / this.width_mm, 5 * devicePixelRatio];
    for (const d of defects) {
      const x = this.x((d.along_mm + d.length_mm / 2) / 1000);
      if (x < -20 || x > this.canvas.width + 20) continue;
      const y = this.laneTop(d.side) + (d.across_mm + d.width_mm / 2) * perMm;
      this.placed.push({ x, y, defect: d });
      pen.fillStyle = pen.strokeStyle = colour(d.class);
      const [long, wide] = [
        (d.length_mm / 1000 / (this.range.to_m - this.range.from_m)) * this.canvas.width,
        d.width_mm * perMm,
      ];
      if (long > 2 * radius || wide > 2 * radius) {
        pen.lineWidth = 1.5;
        pen.strokeRect(x - long / 2, y - wide / 2, long, wide);
      }
      const path = markerPath(shape(d.class), x, y, d.severity >= 3 ? 1.5 * radius : radius);
      pen.fill(path);
      if (d.defect_id === chosen) {
        pen.strokeStyle = themed("--ink");
        pen.lineWidth = 3;
        pen.strokeRect(x - 2.2 * radius, y - 2.2 * radius, 4.4 * radius, 4.4 * radius);
      }
    }
  }

  private drawDensity(pen: CanvasRenderingContext2D, defects: readonly Defect[]): void {
    const counts = density(defects, this.range, Math.max(1, Math.floor(this.canvas.width / 6)));
    const [most, top] = [Math.max(1, ...counts), this.bottom + GAP_PX];
    pen.fillStyle = themed("--quiet");
    counts.forEach((count, n) => {
      const height = (count / most) * DENSITY_PX;
      pen.fillRect(n * 6, top + DENSITY_PX - height, 5, height);
    });
  }

  private drawAxis(pen: CanvasRenderingContext2D): void {
    const y = this.canvas.height - 8;
    pen.fillStyle = themed("--quiet");
    pen.font = `${13 * devicePixelRatio}px system-ui, sans-serif`;
    const span = this.range.to_m - this.range.from_m;
    const ticks = 8;
    for (let n = 0; n <= ticks; n++) {
      const m = this.range.from_m + (span * n) / ticks;
      pen.textAlign = n === 0 ? "left" : n === ticks ? "right" : "center";
      pen.fillText(metres(m, span < 20 ? 2 : span < 200 ? 1 : 0), this.x(m), y);
    }
  }
}
