// Reads Sparkplug payloads with Eclipse Tahu's codec: one in hexadecimal a line; prints each as JSON, and encoded again by Tahu, in hexadecimal.
import { createInterface } from "node:readline";
import payloads from "sparkplug-payload";

const spb = payloads.get("spBv1.0");
const plain = (_key, x) => {
  if (x !== null && typeof x === "object" && "toNumber" in x) return x.toString();
  if (x !== null && typeof x === "object" && x.type === "Buffer") return Buffer.from(x.data).toString("hex");
  return typeof x === "number" ? String(x) : x;
};
for await (const line of createInterface({ input: process.stdin })) {
  const read = spb.decodePayload(Buffer.from(line, "hex"));
  console.log(JSON.stringify({ read, again: Buffer.from(spb.encodePayload(read)).toString("hex") }, plain));
}
