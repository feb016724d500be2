/** Hatching for steel that was not inspected: told by its pattern, not by colour alone, and never blank. */
export function hatch(context: CanvasRenderingContext2D, colour: string, step: number): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = step;
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const shift of [-step, 0, step]) {
    pen.moveTo(shift, step);
    pen.lineTo(shift + step, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? colour;
}

/** A colour of the page's theme. */
export function themed(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
