import type { Alarm, Lines, Passed, Station, StationEvent } from "./types";

export const PROTOCOL = "skelp.live.1";

export type Word =
  | { kind: "station"; station: Station; alarms: Alarm[] }
  | { kind: "events"; events: StationEvent[] }
  | Passed;

export interface Piece {
  header: Lines;
  jpeg: Blob;
}

/** A binary message: length of the header (uint32, little-endian), header (JSON), JPEG. Throws on anything else. */
export function readPiece(message: ArrayBuffer): Piece {
  if (message.byteLength < 4) throw new Error(`a piece of ${message.byteLength} bytes has no header`);
  const length = new DataView(message).getUint32(0, true);
  if (4 + length > message.byteLength)
    throw new Error(`a header of ${length} bytes in a piece of ${message.byteLength}`);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length))) as Lines;
  if (header.kind !== "lines") throw new Error(`a piece of kind ${header.kind}`);
  return { header, jpeg: new Blob([new Uint8Array(message, 4 + length)], { type: "image/jpeg" }) };
}
