// The same as render/palette.py: Okabe and Ito's colours, which colour-blind people can tell apart, and one shape for each class.

const COLOURS = ["#e69f00", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#f0e442"];
const SHAPES = ["square", "circle", "triangle", "diamond", "cross", "down", "plus"] as const;
const KNOWN = ["inclusion", "patch", "scratch", "roll_mark"];
/** Marks that are no defects are grey, on the picture of steel, and dashed. */
export const MARK_COLOUR = "#b4b4b4";
export const MARK_DASH = [5, 3];
export type Shape = (typeof SHAPES)[number];

function place(name: string): number {
  const known = KNOWN.indexOf(name);
  return known >= 0 ? known : crc32(name) % COLOURS.length;
}

export const colour = (name: string): string => COLOURS[place(name)] ?? "#888";
export const shape = (name: string): Shape => SHAPES[place(name)] ?? "square";

/** CRC-32 as zlib computes it, so that a class has the same colour here and in the station's pictures. */
export function crc32(text: string): number {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Corners of a marker around (0, 0), of about radius 1; a circle has 16. */
export function marker(of: Shape): [number, number][] {
  switch (of) {
    case "square":
      return [
        [-0.8, -0.8],
        [0.8, -0.8],
        [0.8, 0.8],
        [-0.8, 0.8],
      ];
    case "triangle":
      return [
        [0, -1],
        [0.95, 0.8],
        [-0.95, 0.8],
      ];
    case "down":
      return [
        [0, 1],
        [0.95, -0.8],
        [-0.95, -0.8],
      ];
    case "diamond":
      return [
        [0, -1.1],
        [1, 0],
        [0, 1.1],
        [-1, 0],
      ];
    case "plus":
      return bars(0);
    case "cross":
      return bars(Math.PI / 4);
    case "circle":
      return Array.from({ length: 16 }, (_, n) => [Math.cos((n * Math.PI) / 8), Math.sin((n * Math.PI) / 8)]);
  }
}

function bars(turn: number): [number, number][] {
  const half = 0.35;
  const corners: [number, number][] = [
    [-half, -1],
    [half, -1],
    [half, -half],
    [1, -half],
    [1, half],
    [half, half],
    [half, 1],
    [-half, 1],
    [-half, half],
    [-1, half],
    [-1, -half],
    [-half, -half],
  ];
  return corners.map(([x, y]) => [x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)]);
}

/** The path of a marker on a canvas. */
export function markerPath(of: Shape, x: number, y: number, radius: number): Path2D {
  const path = new Path2D();
  marker(of).forEach(([dx, dy], n) => {
    if (n) path.lineTo(x + dx * radius, y + dy * radius);
    else path.moveTo(x + dx * radius, y + dy * radius);
  });
  path.closePath();
  return path;
}
