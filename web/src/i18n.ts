import { signal } from "@preact/signals";
import { inKorean } from "./reasons";

export type Language = "en" | "ko";
const stored = typeof localStorage === "undefined" ? null : localStorage.getItem("language");
const preferred = typeof navigator !== "undefined" && navigator.language.startsWith("ko") ? "ko" : "en";
export const language = signal<Language>(stored === "ko" || stored === "en" ? stored : preferred);

/** Speak another language from now on. */
export function setWords(to: Language): void {
  language.value = to;
}

/** The same, kept in the browser. */
export function setLanguage(to: Language): void {
  setWords(to);
  localStorage.setItem("language", to);
  document.documentElement.lang = to;
}

/** English and Korean of every word on the console. `{x}` is filled in. */
export const WORDS = {
  live: ["Live", "실시간"],
  map: ["Coil map", "코일 맵"],
  alarms: ["Alarms", "경보"],
  review: ["Review", "판정"],
  coils: ["Coils", "코일 목록"],
  station: ["Station", "설비 상태"],
  inspecting: ["INSPECTING", "검사 중"],
  notInspecting: ["NOT INSPECTING", "검사 안 됨"],
  noContact: ["NO CONTACT", "연결 끊김"],
  noContactWhy: [
    "The station does not answer. What is shown is old.",
    "설비가 응답하지 않습니다. 표시된 내용은 과거 것입니다.",
  ],
  noAlarm: ["No alarm", "경보 없음"],
  oneAlarm: ["1 ALARM", "경보 1건"],
  manyAlarms: ["{n} ALARMS", "경보 {n}건"],
  coil: ["Coil", "코일"],
  noCoil: ["No coil", "코일 없음"],
  topSide: ["Top side", "상면"],
  bottomSide: ["Bottom side", "하면"],
  freeze: ["Freeze (F)", "정지 (F)"],
  goOn: ["Back to live (F)", "실시간으로 (F)"],
  frozen: ["Frozen: the line runs on", "정지 화면: 라인은 계속 가동 중"],
  clickToLook: ["Click a defect to see every pixel of it", "결함을 클릭하면 원본 화소로 표시"],
  before: ["Earlier defect", "이전 결함"],
  next: ["Next defect", "다음 결함"],
  closer: ["Closer (+)", "확대 (+)"],
  farther: ["Farther (-)", "축소 (-)"],
  close: ["Close (Esc)", "닫기 (Esc)"],
  fromMetre: ["from {m}", "{m}부터"],
  lastMetre: ["last at {m}", "마지막 {m}"],
  lost: ["lost", "미검사"],
  degraded: ["degraded", "검사 불완전"],
  inspected: ["inspected", "검사됨"],
  notShown: ["not shown here", "화면 생략"],
  latestDefects: ["Latest defects", "최근 결함"],
  noDefects: ["No defect yet", "결함 없음"],
  waiting: ["Waiting for the first lines", "첫 라인을 기다리는 중"],
  severity: ["severity", "등급"],
  anySeverity: ["all severities", "모든 등급"],
  fromSeverity: ["severity {n} and above", "등급 {n} 이상"],
  bothSides: ["both sides", "양면"],
  operatorSide: ["operator side", "조작측"],
  head: ["head", "선단"],
  tail: ["tail", "후단"],
  density: ["Defects per metre", "미터당 결함 수"],
  wholeCoil: ["Whole coil (0)", "코일 전체 (0)"],
  dragToZoom: ["Drag to look closer, click a defect for its picture", "드래그하여 확대, 결함을 클릭하면 사진 표시"],
  length: ["length", "길이"],
  width: ["width", "폭"],
  area: ["area", "면적"],
  position: ["position", "위치"],
  score: ["score", "점수"],
  noPicture: ["Its picture was deleted to stay within the disk quota", "디스크 한도로 사진이 삭제되었습니다"],
  showMask: ["Mask (M)", "마스크 (M)"],
  nothing: ["Nothing needs you now", "조치할 경보가 없습니다"],
  acknowledge: ["Acknowledge (A)", "확인 (A)"],
  acknowledged: ["seen by {who}", "{who} 확인"],
  times: ["{n} times", "{n}회"],
  since: ["since {time}", "{time}부터"],
  last: ["last {time}", "마지막 {time}"],
  standing: ["lasts", "지속 중"],
  operator: ["Operator", "작업자"],
  operatorWanted: ["Enter your name first", "먼저 이름을 입력하세요"],
  confirm: ["Defect (C)", "결함 맞음 (C)"],
  reject: ["No defect (R)", "결함 아님 (R)"],
  relabel: ["Other class", "다른 종류"],
  undo: ["Undo (U)", "취소 (U)"],
  left: ["{n} to review", "판정할 결함 {n}건"],
  allReviewed: ["All defects of this coil are reviewed", "이 코일의 결함을 모두 판정했습니다"],
  confirmed: ["defect", "결함"],
  rejected: ["no defect", "결함 아님"],
  relabelled: ["other class", "종류 변경"],
  withdrawn: ["taken back", "취소됨"],
  search: ["Search coil, heat, product", "코일, 히트, 제품 검색"],
  started: ["Started", "시작"],
  report: ["Coil report", "코일 보고서"],
  print: ["Print or PDF (P)", "인쇄 또는 PDF (P)"],
  worst: ["Worst defects", "주요 결함"],
  unseen: ["Not inspected, or not fully", "검사되지 않았거나 불완전한 구간"],
  andMore: ["and {n} more", "외 {n}건"],
  product: ["Heat, product", "히트, 제품"],
  share: ["Inspected", "검사율"],
  decision: ["Decision", "판정"],
  accept: ["accept", "합격"],
  hold: ["HOLD", "보류"],
  defects: ["Defects", "결함"],
  why: ["Why", "사유"],
  running: ["running", "진행 중"],
  provisional: ["finishing", "마무리 중"],
  final: ["final", "완료"],
  more: ["Older coils", "이전 코일 더 보기"],
  none: ["none", "없음"],
  cameras: ["Cameras", "카메라"],
  columns: ["{n} px from column {first}", "{n} px, {first}열부터"],
  model: ["Model", "모델"],
  recipe: ["Recipe", "레시피"],
  runsOn: ["Runs on", "연산 장치"],
  lines: ["Lines", "라인"],
  exposed: ["exposed", "촬상"],
  judged: ["judged", "판독"],
  overrun: ["lost: faster than the inspection", "손실: 라인이 검사보다 빠름"],
  delay: ["Camera to result", "촬상에서 결과까지"],
  disk: ["Disk", "디스크"],
  free: ["{n} GB free", "{n} GB 남음"],
  crops: ["{n} GB of defect pictures", "결함 사진 {n} GB"],
  optics: ["Lamp and focus, coil by coil", "코일별 조명과 초점"],
  light: ["light", "밝기"],
  sharpness: ["sharpness", "선명도"],
  noOptics: ["No coil is complete yet", "완료된 코일이 아직 없습니다"],
  dark: ["Dark", "어둡게"],
  bright: ["Light", "밝게"],
  cost1: ["Steel is not inspected", "강판이 검사되지 않음"],
  cost2: ["Quality", "품질"],
  cost3: ["Drift", "상태 변화"],
  cost4: ["Records", "기록"],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof WORDS;

/** A word in the language that is chosen now; reading it makes a component follow the choice. */
export function t(word: Word, fill: Record<string, string | number> = {}): string {
  const text: string = WORDS[word][language.value === "ko" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(fill[name] ?? ""));
}

const CLASSES: Record<string, string> = {
  inclusion: "개재물",
  patch: "패치",
  scratch: "스크래치",
  roll_mark: "롤 마크",
};

/** A defect class as it is spoken. */
export function className(name: string): string {
  return language.value === "ko" ? (CLASSES[name] ?? name) : name.replaceAll("_", " ");
}

/** A reason of the station in the language that is chosen. */
export function reason(text: string): string {
  return language.value === "ko" ? inKorean(text) : text;
}

const KINDS: Record<string, [string, string]> = {
  "camera.lost": ["Camera lost", "카메라 끊김"],
  "coverage.lost": ["Steel not inspected", "미검사 구간"],
  "coverage.degraded": ["Steel not fully inspected", "검사 불완전 구간"],
  "cameras.unaligned": ["Cameras out of step", "카메라 동기 어긋남"],
  "defect.found": ["Serious defect", "중대 결함"],
  "coil.final": ["Coil on hold", "코일 보류"],
  "optics.light": ["Lamp is failing", "조명 저하"],
  "optics.focus": ["Picture is not sharp", "초점 저하"],
  "crops.failed": ["Pictures not kept", "사진 저장 실패"],
  "crops.deleted": ["Old pictures deleted", "오래된 사진 삭제"],
};

/** What an alarm is, in two or three words. */
export function alarmName(kind: string): string {
  return KINDS[kind]?.[language.value === "ko" ? 1 : 0] ?? kind;
}

/** A side of the strip as it is spoken. */
export const sideName = (side: string): string => t(side === "top" ? "topSide" : "bottomSide");

export const alarmCount = (n: number): string => (n === 1 ? t("oneAlarm") : t("manyAlarms", { n }));

/** What an alarm is about: a camera, a coil, or a class, which is spoken in the language chosen. */
export function about(alarm: { what: string }): string {
  const defect = /^(\S+) severity (\d)$/.exec(alarm.what);
  return defect ? `${className(defect[1] ?? "")}, ${t("severity")} ${defect[2]}` : alarm.what;
}

/** Where on its coil an alarm began and happened last, if it has a place. */
export function whereabouts(alarm: { coil_id: string; from_mm: number | null; last_mm: number | null }): string {
  if (alarm.from_mm === null || alarm.last_mm === null) return "";
  const began = t("fromMetre", { m: metres(alarm.from_mm / 1000) });
  const last = alarm.last_mm === alarm.from_mm ? "" : `, ${t("lastMetre", { m: metres(alarm.last_mm / 1000) })}`;
  return `${t("coil")} ${alarm.coil_id} ${began}${last}`;
}

export const metres = (m: number, digits = 1): string => `${m.toFixed(digits)} m`;
export const clock = (time: string): string =>
  new Date(time).toLocaleTimeString(language.value === "ko" ? "ko-KR" : "en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
