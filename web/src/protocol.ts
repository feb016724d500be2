import type { LiveLines } from "./api";

export const PROTOCOL = "skelp.live.1";

/** A piece of strip: what the station says about it, and its picture. */
export interface LivePicture {
  header: LiveLines;
  jpeg: Blob;
}

/** Read a binary message: length of the header (uint32, little-endian), header (JSON), JPEG. Throws on anything else. */
export function readPicture(message: ArrayBuffer): LivePicture {
  if (message.byteLength < 4) throw new Error(`a live picture of ${message.byteLength} bytes has no header`);
  const length = new DataView(message).getUint32(0, true);
  if (4 + length > message.byteLength)
    throw new Error(`a header of ${length} bytes in a live picture of ${message.byteLength}`);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length))) as LiveLines;
  if (header.kind !== "lines") throw new Error(`a live picture of kind ${header.kind}`);
  return { header, jpeg: new Blob([new Uint8Array(message, 4 + length)], { type: "image/jpeg" }) };
}
