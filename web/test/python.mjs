import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Ask Python for every sentence, so that sentences.test.ts can compare the console's with them. */
export default function setup(project) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const made = execFileSync(`${root}.venv/bin/python`, ["-m", "tests.sentences"], { cwd: root, maxBuffer: 1e9 });
  project.provide("python", JSON.parse(made.toString("utf8")));
}
