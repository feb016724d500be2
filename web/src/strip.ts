import type { Camera, LiveLines, LivePassed } from "./api";
import { hatch, themed } from "./hatch";
import { colour, MARK_COLOUR, MARK_DASH, markerPath, shape } from "./palette";
import { Passage } from "./passage";
import type { LivePicture } from "./protocol";
import { sentence, stateName } from "./sentences";

/** A camera whose pictures come so many lines later than another's is lost. */
const MOST_LATE = 4096;

/** The sides that cameras look at, top first; only top where there are no cameras. */
export function sidesOf(cameras: readonly { side: string }[]): string[] {
  const seen = ["top", "bottom"].filter((side) => cameras.some((c) => c.side === side));
  return seen.length ? seen : ["top"];
}

/** Stands behind the name of a camera that looked at what is now the other side of a derived coil. */
const OVER = "~over";

/** The sides of a coil that cameras looked at. Only a derived coil that was turned over may have others than its station. */
export function sidesOfCoil(names: readonly string[], cameras: readonly { name: string; side: string }[]): string[] {
  if (!names.some((name) => name.endsWith(OVER))) return sidesOf(cameras);
  const seen = names.flatMap((name) => {
    const camera = cameras.find((c) => c.name === name.replace(OVER, ""));
    if (!camera) return [];
    return [name.endsWith(OVER) ? { side: camera.side === "top" ? "bottom" : "top" } : camera];
  });
  return seen.length ? sidesOf(seen) : ["top", "bottom"];
}

const LANE_GAP_PX = 6;
/** The name of the side stands in the lane's corner. */
const BELOW_LANE_NAME_PX = 52;

export interface StripPlace {
  coil: string;
  along_mm: number;
  side: string;
}

/** A piece of strip on the canvas, from one place to another: a picture, or lines that have none. */
interface Drawn {
  camera: string;
  from: number;
  to: number;
  picture?: ImageBitmap;
  header?: LiveLines;
  passed?: LivePassed;
}

/** The running strip: it moves to the left, with the newest lines at the right edge. Each side has a lane, with its cameras beside each other. */
export class StripView {
  private passage = new Passage();
  private drawn: Drawn[] = [];
  private frozenAt: number | null = null;
  private frozen: Drawn[] = [];
  private sides: string[];
  /** Whether marks that are no defects are drawn. */
  showMarks = false;

  constructor(
    private canvas: HTMLCanvasElement,
    private cameras: Camera[],
    private marks: readonly string[],
  ) {
    this.sides = sidesOf(cameras);
  }

  /** Show a piece of strip that has come. */
  async add(what: LivePicture | LivePassed): Promise<void> {
    const header = "header" in what ? what.header : what;
    const from = this.passage.place(header.coil_id, header.first_line);
    const to = from + header.lines;
    this.passage.passed(header.camera, to);
    if ("header" in what) {
      const picture = await createImageBitmap(what.jpeg);
      this.drawn.push({ camera: header.camera, from, to, picture, header: what.header });
    } else {
      this.drawn = this.drawn.filter((d) => !(d.passed && d.camera === what.camera && d.from === from));
      this.drawn.push({ camera: header.camera, from, to, passed: what });
    }
    this.forget();
    this.draw();
  }

  /** Stop moving, or move again. */
  freeze(on: boolean): void {
    this.frozenAt = on ? this.passage.together(MOST_LATE) : null;
    this.frozen = on ? [...this.drawn] : [];
    this.draw();
  }

  /** The coil, millimetre and side at a point of the canvas, given in canvas px. */
  at(x: number, y: number): StripPlace | null {
    const end = this.frozenAt ?? this.passage.together(MOST_LATE);
    const found = this.passage.at(end - (this.canvas.width - x) / this.pxPerLine());
    const side = this.sides[Math.min(this.sides.length - 1, Math.floor(y / (this.laneHeight() + LANE_GAP_PX)))];
    const camera = this.cameras[0];
    return found && side && camera ? { coil: found[0], along_mm: found[1] * camera.mm_per_line, side } : null;
  }

  /** Millimetres along the strip that the canvas shows. */
  get shown_mm(): number {
    return this.lines() * (this.cameras[0]?.mm_per_line ?? 1);
  }

  /** How many lines fit on the canvas, at the scale at which the lanes fill its height. */
  private lines(): number {
    return this.canvas.width / this.pxPerLine();
  }

  /** Columns across the widest side. */
  private widest(): number {
    return Math.max(1, ...this.cameras.map((c) => c.first_column + c.width_px));
  }

  private laneHeight(): number {
    return (this.canvas.height - LANE_GAP_PX * (this.sides.length - 1)) / Math.max(1, this.sides.length);
  }

  private pxPerLine(): number {
    const camera = this.cameras[0];
    const along = camera ? camera.mm_per_line / camera.mm_per_px : 1;
    return (this.laneHeight() / this.widest()) * along;
  }

  /** The picture size needed, as a share of the camera's. */
  scale(): number {
    return Math.min(1, this.laneHeight() / this.widest());
  }

  /** Drop pieces that have left the canvas, but keep the pictures of a frozen strip. */
  private forget(): void {
    const oldest = this.passage.newest - 1.5 * this.lines();
    for (const d of this.drawn) if (d.to < oldest && !this.frozen.includes(d)) d.picture?.close();
    this.drawn = this.drawn.filter((d) => d.to >= oldest);
  }

  draw(): void {
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.fillStyle = themed("--well");
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const end = this.frozenAt ?? this.passage.together(MOST_LATE);
    const perLine = this.pxPerLine();
    const x = (place: number) => this.canvas.width - (end - place) * perLine;
    const pieces = this.frozenAt === null ? this.drawn : this.frozen;
    const passed = pieces.filter((d) => d.passed);
    // a picture takes time to decode, so it may come after the hatching that lies over it, and after reasons that reach over it
    for (const d of [...pieces.filter((p) => !p.passed), ...passed]) this.drawPiece(pen, d, x, perLine);
    for (const d of passed) this.drawReason(pen, d, x, perLine);
    pen.font = "600 15px system-ui, sans-serif";
    for (const [coil, head] of this.passage.coilsFrom(end - this.lines())) this.drawCoilStart(pen, coil, x(head));
  }

  private drawPiece(pen: CanvasRenderingContext2D, d: Drawn, x: (place: number) => number, perLine: number): void {
    const camera = this.cameras.find((c) => c.name === d.camera);
    if (!camera) return;
    const [perPx, top] = [this.laneHeight() / this.widest(), this.topOf(camera)];
    const [left, width, height] = [x(d.from), (d.to - d.from) * perLine, camera.width_px * perPx];
    if (d.picture && d.header) {
      // a row of the picture is a line: turn it, so that the strip runs along the screen with its operator side on top
      pen.save();
      pen.transform(0, height / d.picture.width, width / d.picture.height, 0, left, top);
      pen.drawImage(d.picture, 0, 0);
      pen.restore();
      this.drawOutlines(pen, d.header, left, top, width / d.picture.height, height / d.picture.width);
    } else if (d.passed) {
      const isLost = d.passed.state === "lost";
      if (isLost) pen.clearRect(left, top, width, height);
      pen.fillStyle = hatch(pen, themed(isLost ? "--bad" : "--warn"), isLost ? 12 : 24);
      pen.fillRect(left, top, width, height);
    }
  }

  private drawReason(pen: CanvasRenderingContext2D, d: Drawn, x: (place: number) => number, perLine: number): void {
    const camera = this.cameras.find((c) => c.name === d.camera);
    if (!camera || !d.passed) return;
    const why = d.passed.reason ? `: ${sentence(d.passed.reason)}` : "";
    const text = `${stateName(d.passed.state)}${why}`;
    this.label(
      pen,
      text,
      Math.max(x(d.from), 0) + 8,
      this.topOf(camera) + BELOW_LANE_NAME_PX,
      (d.to - d.from) * perLine,
    );
  }

  /** Upper end of a camera's picture, px. */
  private topOf(camera: Camera): number {
    const perPx = this.laneHeight() / this.widest();
    return this.sides.indexOf(camera.side) * (this.laneHeight() + LANE_GAP_PX) + camera.first_column * perPx;
  }

  private drawOutlines(
    pen: CanvasRenderingContext2D,
    header: LiveLines,
    left: number,
    top: number,
    along: number,
    across: number,
  ): void {
    for (const { class: name, points } of header.outlines) {
      const isMark = this.marks.includes(name);
      if (isMark && !this.showMarks) continue;
      const path = new Path2D();
      points.forEach(([column, row], n) => {
        const [px, py] = [left + row * along, top + column * across];
        if (n) path.lineTo(px, py);
        else path.moveTo(px, py);
      });
      path.closePath();
      pen.strokeStyle = isMark ? MARK_COLOUR : colour(name);
      pen.lineWidth = this.marker / 3.5;
      pen.setLineDash(isMark ? MARK_DASH : []);
      pen.stroke(path);
      pen.setLineDash([]);
      if (isMark) continue;
      pen.globalAlpha = 0.3;
      pen.fillStyle = colour(name);
      pen.fill(path);
      pen.globalAlpha = 1;
      // a defect that began on the piece before has its marker there
      const first = points.every(([, row]) => row > 0) ? points[0] : undefined;
      if (first)
        this.drawMarker(
          pen,
          name,
          left + first[1] * along,
          Math.max(top + this.marker, top + first[0] * across - 2 * this.marker),
        );
    }
  }

  /** Size of a marker in px; larger on a wall display. */
  private get marker(): number {
    return Math.max(7, this.canvas.height / 110);
  }

  private drawMarker(pen: CanvasRenderingContext2D, name: string, x: number, y: number): void {
    const path = markerPath(shape(name), x, y, this.marker);
    pen.fillStyle = colour(name);
    pen.fill(path);
    pen.strokeStyle = "#fff";
    pen.lineWidth = 1.5;
    pen.stroke(path);
  }

  private drawCoilStart(pen: CanvasRenderingContext2D, coil: string, x: number): void {
    pen.fillStyle = themed("--ink");
    pen.fillRect(x - 1, 0, 3, this.canvas.height);
    this.label(pen, coil, x + 8, this.canvas.height - 12, 1e9);
  }

  /** Write a text on a plate, unless it is wider than the room for it. */
  private label(pen: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
    pen.font = "600 15px system-ui, sans-serif";
    const width = pen.measureText(text).width;
    if (width > room) return;
    pen.fillStyle = themed("--paper");
    pen.fillRect(x - 4, y - 15, width + 8, 20);
    pen.fillStyle = themed("--ink");
    pen.fillText(text, x, y);
  }
}
