// What the station says. Field names are those of its REST interface (docs/rest.md) and of the live protocol (docs/console.md).

export type State = "inspected" | "degraded" | "lost";
export type Decision = "accept" | "hold";

export interface Camera {
  name: string;
  side: "top" | "bottom";
  width_px: number;
  first_column: number;
  mm_per_px: number;
  mm_per_line: number;
}

export interface Station {
  name: string;
  uptime_s: number;
  ready: boolean;
  reason: string | null;
  coil: string | null;
  classes: string[];
  cameras: Camera[];
  engine: { provider: string; precision: string; threads: number; reason: string };
  model: { name: string; version: string; sha256: string };
  recipe: { name: string; sha256: string };
  counts: Record<string, number>;
  busy_s: Record<string, number>;
  latency_ms: { p50: number | null; p99: number | null };
  queued: Record<string, number>;
  disk: { free_gb: number; crops_gb: number };
}

export interface Alarm {
  key: string;
  kind: string;
  cost: number;
  what: string;
  reason: string;
  coil_id: string;
  count: number;
  first_time: string;
  last_time: string;
  last_seq: number;
  standing: boolean;
  acknowledged_by: string;
  from_mm: number | null;
  last_mm: number | null;
}

export interface StationEvent {
  seq: number;
  time: string;
  kind: string;
  coil_id: string;
  data: Record<string, unknown>;
}

export interface Outline {
  class: string;
  points: [number, number][];
}

export interface Lines {
  kind: "lines";
  seq: number;
  camera: string;
  coil_id: string;
  first_line: number;
  lines: number;
  scale: number;
  edges: [number, number];
  seen_ms_ago: number;
  outlines: Outline[];
}

export interface Passed {
  kind: "passed";
  camera: string;
  coil_id: string;
  first_line: number;
  lines: number;
  state: State;
  reason: string;
}

export interface Coil {
  coil_id: string;
  name: string;
  status: "running" | "provisional" | "final";
  interrupted: boolean;
  heat: string;
  product: string;
  started_at: string;
  finished_at: string | null;
  length_m: number;
  inspected_m: number;
  degraded_m: number;
  lost_m: number;
  defects: number;
  by_class: Record<string, number>;
  by_severity: Record<string, number>;
  decision: Decision;
  reasons: string[];
  model: { name: string; sha256: string };
  recipe: { name: string; sha256: string };
  revision: number;
}

export interface Defect {
  defect_id: string;
  coil_id: string;
  class: string;
  code: string;
  severity: number;
  score: number;
  side: "top" | "bottom";
  camera: string;
  along_mm: number;
  across_mm: number;
  length_mm: number;
  width_mm: number;
  area_mm2: number;
  cut_by_gap: boolean;
}

export interface Interval {
  first_line: number;
  lines: number;
  from_m: number;
  to_m: number;
  state: State;
  reason: string;
}

export interface Review {
  review_id: number;
  defect_id: string;
  verdict: "confirmed" | "rejected" | "relabelled" | "withdrawn";
  class: string | null;
  operator: string;
  at: string;
}

export interface OpticsPoint {
  coil_id: string;
  at: string;
  camera: string;
  light_share: number;
  sharpness_share: number;
  warnings: string[];
}
