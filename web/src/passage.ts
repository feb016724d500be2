/**
 * Counts everything that passed since the page was opened, coil after coil, in one row of places. A place is a line number in that row.
 */
export class Passage {
  private heads = new Map<string, number>();
  private end = 0;
  private reached = new Map<string, number>();

  /** The place of a coil's line. A coil not seen before begins where the last one ended. */
  place(coil: string, line: number): number {
    let head = this.heads.get(coil);
    if (head === undefined) {
      head = this.heads.size ? this.end : -line;
      this.heads.set(coil, head);
    }
    return head + line;
  }

  /** Note that a camera's lines have come up to a place. */
  passed(camera: string, place: number): void {
    this.end = Math.max(this.end, place);
    this.reached.set(camera, Math.max(this.reached.get(camera) ?? 0, place));
  }

  /** The place up to which the lines of all cameras have come. A camera that lags by more than `most` lines is lost and does not count. */
  together(most: number): number {
    return Math.min(this.end, ...[...this.reached.values()].filter((r) => r >= this.end - most));
  }

  get newest(): number {
    return this.end;
  }

  /** The coil at a place, and its line there. */
  at(place: number): [string, number] | null {
    const began = [...this.heads].filter(([, head]) => head <= place).sort((a, b) => b[1] - a[1])[0];
    return began ? [began[0], place - began[1]] : null;
  }

  /** The coils that begin at a place or after it, each with its first place. */
  coilsFrom(place: number): [string, number][] {
    return [...this.heads].filter(([, head]) => head >= place);
  }
}
