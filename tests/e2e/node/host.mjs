// A Sparkplug host application for tests, on Eclipse Tahu's payloads and mqtt.js: nothing in it comes from skelp.
//   node host.mjs '{"url": "mqtt://127.0.0.1:1883", "id": "mes1", "keepalive": 5}'
// It prints one JSON object a line: each message as it decodes it, and each rule of Sparkplug 3.0 that the edge node broke, by tck-id.
// It takes one JSON object a line: {"command": "NCMD" | "DCMD", "topic", "metrics"}, {"raw": HEX, "topic", "retain"}, {"state": {...}}.
import { createInterface } from "node:readline";
import fs from "node:fs";
import mqtt from "mqtt";
import payloads from "sparkplug-payload";

const spb = payloads.get("spBv1.0");
const wanted = JSON.parse(process.argv[2]);
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const whole = (x) => (x !== null && typeof x === "object" && "toNumber" in x ? x.toNumber() : x);

class Rules {
  sessions = new Map(); // by group/node

  broke(rule, topic, why) {
    say({ broke: rule, topic, why });
  }

  check(topic, m, packet) {
    const [, group, kind, node, device] = topic.split("/");
    const id = `${group}/${node}`;
    const s = this.sessions.get(id);
    const expect = (ok, rule, why = "") => ok || this.broke(rule, topic, why);
    expect(!packet.retain, "topics-*-mqtt", "retained");
    expect((device !== undefined) === kind.startsWith("D"), "topic-structure-namespace-device-id-associated-message-types");
    if (kind === "NDEATH") {
      expect(m.seq === undefined, "topics-ndeath-seq", `seq ${m.seq}`);
      expect(m.metrics.length === 1 && m.metrics[0].name === "bdSeq", "topics-ndeath-payload");
      if (s) expect(m.metrics[0].value === s.bdSeq, "payloads-ndeath-bdseq", `${m.metrics[0].value} after ${s.bdSeq}`);
      this.sessions.delete(id);
      return;
    }
    expect(packet.qos === 0, "topics-*-mqtt", `QoS ${packet.qos}`);
    expect(m.at > 0, "topics-*-timestamp");
    for (const x of m.metrics) {
      expect(x.name, "payloads-name-requirement");
      expect(x.at > 0, "payloads-name-birth-data-requirement", x.name);
      expect(x.value !== undefined, "operational-behavior-data-publish-*-values", x.name);
    }
    if (kind === "NBIRTH") {
      const value = (name) => m.metrics.find((x) => x.name === name);
      expect(m.seq === 0, "topics-nbirth-seq-num", `seq ${m.seq}`);
      expect(value("bdSeq")?.type === "Int64", "message-flow-edge-node-birth-publish-nbirth-payload-bdSeq");
      expect(value("Node Control/Rebirth")?.type === "Boolean" && value("Node Control/Rebirth").value === false, "topics-nbirth-rebirth-metric");
      this.sessions.set(id, { seq: 0, bdSeq: value("bdSeq")?.value, node: this.types(m, topic), devices: new Map() });
      return;
    }
    if (!s) {
      if (this.sessions.size === 0 && kind !== "DBIRTH") return; // this host came later
      this.broke("message-flow-device-birth-publish-nbirth-wait", topic, `${kind} without a session`);
      return;
    }
    expect(m.seq === (s.seq + 1) % 256, `topics-${kind.toLowerCase()}-seq-num`, `${m.seq} after ${s.seq}`);
    s.seq = m.seq;
    if (kind === "DBIRTH") s.devices.set(device, this.types(m, topic));
    if (kind === "DDEATH") s.devices.delete(device);
    if (kind === "NDATA" || kind === "DDATA") {
      const known = kind === "NDATA" ? s.node : s.devices.get(device);
      expect(known, "payloads-ddata-order", "data without a birth");
      for (const x of m.metrics) expect(known?.get(x.name) === x.type, "operational-behavior-data-publish-*birth", `${x.name}: ${x.type}`);
    }
  }

  types(m, topic) {
    const found = new Map(m.metrics.map((x) => [x.name, x.type]));
    const lower = new Set(m.metrics.map((x) => x.name.toLowerCase()));
    if (lower.size < m.metrics.length) this.broke("case-sensitivity-metric-names", topic, "a name comes twice");
    for (const x of m.metrics) if (!x.type) this.broke("payloads-metric-datatype-req", topic, x.name);
    return found;
  }
}

const readable = (topic, payload) => {
  const p = spb.decodePayload(payload);
  const metrics = (p.metrics ?? []).map((x) => ({
    name: x.name,
    type: x.type,
    value: whole(x.value),
    at: whole(x.timestamp),
    ...(x.isHistorical ? { historical: true } : {}),
    ...(x.properties?.engUnit ? { unit: x.properties.engUnit.value } : {}),
  }));
  return { seq: p.seq == null ? undefined : whole(p.seq), at: whole(p.timestamp), metrics };
};

const born = Date.now();
const file = (name) => (wanted[name] ? fs.readFileSync(wanted[name]) : undefined);
const stateTopic = `spBv1.0/STATE/${wanted.id}`;
const client = mqtt.connect(wanted.url, {
  clean: true,
  protocolVersion: 4,
  clientId: `host-${wanted.id ?? process.pid}`,
  reconnectPeriod: 200,
  keepalive: wanted.keepalive ?? 60,
  username: wanted.user,
  password: wanted.password,
  ca: file("ca"),
  ...(wanted.id ? { will: { topic: stateTopic, payload: Buffer.from(JSON.stringify({ online: false, timestamp: born })), qos: 1, retain: true } } : {}),
});
const rules = new Rules();
client.on("message", (topic, payload, packet) => {
  const kind = topic.split("/")[2];
  if (topic.startsWith("spBv1.0/STATE/")) return say({ state: topic.split("/")[2], ...JSON.parse(payload.toString()) });
  if (kind === "NCMD" || kind === "DCMD") return;
  let m;
  try {
    m = readable(topic, payload);
  } catch (error) {
    return say({ broke: "payload", topic, why: String(error) });
  }
  rules.check(topic, m, packet);
  say({ topic, kind, qos: packet.qos, ...m });
});
client.on("connect", () =>
  client.subscribe("spBv1.0/#", { qos: 1 }, () => {
    if (wanted.id && !wanted.silent) client.publish(stateTopic, JSON.stringify({ online: true, timestamp: born }), { qos: 1, retain: true });
    say({ connected: true });
  }),
);
client.on("error", (error) => say({ error: String(error) }));
client.on("close", () => say({ connected: false }));

createInterface({ input: process.stdin }).on("line", (line) => {
  const asked = JSON.parse(line);
  if (asked.command) client.publish(asked.topic, Buffer.from(spb.encodePayload({ timestamp: Date.now(), metrics: asked.metrics })), { qos: 0 });
  if (asked.raw !== undefined) client.publish(asked.topic, Buffer.from(asked.raw, "hex"), { qos: 0, retain: asked.retain === true });
  if (asked.state) client.publish(stateTopic, JSON.stringify(asked.state), { qos: 1, retain: true });
});
