// A level 2 that knows byte offsets only: they were copied from the table that `skelp level2 check edge/level2.toml` prints.
// It imports nothing of skelp.   node level2_reader.mjs PORT STORE [HOST]
//
// STORE is its disk: one JSON object a line, on the disk before a telegram is acknowledged. So it may be killed at any time.
// stdin:  start COIL HEAT | end COIL    a telegram, sent again with the same number until it is answered
//         half                          the next result is read to its middle, then the connection is cut
//         mute CODE N                   the next N telegrams of this code are stored and not acknowledged
//         torn                          send the beginning of a telegram, then cut the connection
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [port, file, host = "127.0.0.1"] = process.argv.slice(2);
const HEAD = 44, RESULT = 286, LIST = 642, ALIVE = 44, ACK = 86;
const SIZES = { SIL201: RESULT, SIL202: LIST, SIL299: ALIVE, SIL200: ACK };
const korean = new TextDecoder("euc-kr", { fatal: true });

const known = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(JSON.parse) : [];
const disk = openSync(file, "a");
let last = known.filter((k) => k.code).at(-1);            // the last telegram of skelp that was stored
let number = Math.max(0, ...known.filter((k) => k.asked).map((k) => k.asked));
const answered = new Set(known.filter((k) => k.answer).map((k) => k.answer));
const waiting = known.filter((k) => k.asked && !answered.has(k.asked));
let socket = null, half = false;
const mute = {};

function store(row) {
  writeSync(disk, JSON.stringify(row) + "\n");
  fsyncSync(disk);
}

const text = (b, at, bytes) => korean.decode(b.subarray(at, at + bytes)).trimEnd();
function digits(b, at, bytes) {
  const said = b.toString("latin1", at, at + bytes);
  if (!/^\d+$/.test(said)) throw new Error(`byte ${at}: ${said} is no number`);
  return Number(said);
}

function head(length, code, serial) {
  const b = Buffer.alloc(length, " ");
  const seoul = new Date(Date.now() + 9 * 3600e3).toISOString().replace(/[-:T]/g, "").slice(0, 14);
  b.write(String(length).padStart(4, "0"), 0);
  b.write(code, 4);
  b.write(seoul, 10);
  b.write("L2SI", 24);
  b.write(String(serial).padStart(4, "0"), 28);
  return b;
}

function acknowledge(code, serial) {
  const b = head(ACK, "L2SI00", serial);
  b.write(code, 44);
  b.write(String(serial).padStart(4, "0"), 50);
  b.write("00", 54);
  socket?.write(b);
}

function telegram(row) {
  const b = head({ start: 131, end: 64 }[row.what], { start: "L2SI01", end: "L2SI02" }[row.what], row.asked);
  b.write(row.coil, 44);
  if (row.what === "start") {
    b.write(row.heat, 64);
    b.write(" 950.0", 124);
    b.write("N", 130);
  }
  return b;
}

function result(b) {
  return {
    name: text(b, 44, 40), heat: text(b, 86, 10), grade: text(b, 146, 1), length: digits(b, 206, 8), inspected: digits(b, 214, 8),
    degraded: digits(b, 222, 8), lost: digits(b, 230, 8), defects: digits(b, 238, 6), listed: digits(b, 262, 6), parts: digits(b, 268, 4),
    event: text(b, 272, 1), seq: digits(b, 273, 12), repeat: text(b, 285, 1),
  };
}

function list(b) {
  const found = [];
  for (let n = 0; n < digits(b, 110, 2); n++) {
    const at = 112 + 53 * n;
    found.push({ rank: digits(b, at, 6), severity: digits(b, at + 22, 1), side: text(b, at + 23, 1), along: digits(b, at + 24, 9) });
  }
  return { name: text(b, 44, 40), seq: digits(b, 84, 12), part: digits(b, 96, 4), parts: digits(b, 100, 4), defects: digits(b, 104, 6), found };
}

function take(b) {
  const code = b.toString("latin1", 4, 10), serial = digits(b, 28, 4);
  if (b.toString("latin1", 24, 28) !== "SIL2") throw new Error("not from SI to L2");
  if (code === "SIL299") return;
  if (code === "SIL200") return answer(b);
  const repeats = code === "SIL201" && result(b).repeat === "Y";  // it replaces what is known of it, whatever its number is
  if (!repeats && last?.code === code && last.number === serial) store({ again: serial });  // known: the acknowledgement was lost
  else store((last = { code, number: serial, ...(code === "SIL201" ? result(b) : list(b)) }));
  if (mute[code] > 0) store({ unanswered: serial, left: --mute[code] });
  else acknowledge(code, serial);
}

function answer(b) {
  const of = digits(b, 50, 4), said = digits(b, 54, 2);
  if (waiting[0]?.asked !== of || said === 4) return;      // 04: the station is away; the telegram is sent again
  const { what, coil } = waiting.shift();
  store({ answer: of, what, coil, result: said });
  console.log(`${what} ${coil} ${said}`);
  ask();
}

function ask() {
  if (waiting.length && socket) socket.write(telegram(waiting[0]));
}

function dial() {
  const opened = connect(Number(port), host);
  let came = Buffer.alloc(0);
  opened.on("connect", () => { socket = opened; ask(); });
  opened.on("data", (data) => {
    came = Buffer.concat([came, data]);
    while (came.length >= HEAD) {
      const size = digits(came, 0, 4), code = came.toString("latin1", 4, 10);
      if (SIZES[code] !== size) throw new Error(`${code} of ${size} bytes`);
      if (half && code === "SIL201" && came.length >= 100) {
        half = false;
        store({ cut: 100 });
        return opened.destroy();
      }
      if (came.length < size) return;
      take(came.subarray(0, size));
      came = came.subarray(size);
    }
  });
  opened.on("error", () => {});
  opened.on("close", () => { if (socket === opened) socket = null; setTimeout(dial, 100); });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const [what, coil, heat] = line.split(" ");
  if (what === "half") half = true;
  else if (what === "mute") mute[coil] = Number(heat);
  else if (what === "torn") { socket?.write(head(131, "L2SI01", 9000).subarray(0, 70)); socket?.destroy(); }
  else {
    waiting.push({ asked: ++number, what, coil, heat });
    store(waiting.at(-1));
    if (waiting.length === 1) ask();
  }
}).on("close", () => { closeSync(disk); process.exit(0); });
setInterval(ask, 400);
setInterval(() => socket?.write(head(ALIVE, "L2SI99", 0)), 1000);
dial();
