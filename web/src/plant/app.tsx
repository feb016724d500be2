import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { useKeys } from "../keys";
import { LanguageButton } from "../language-button";
import { LoggedIn, LogIn, logOut } from "../log-in";
import { clock } from "../numbers";
import { CoilMap } from "../pages/map";
import { Report } from "../pages/report";
import { ShadowPage } from "../pages/shadow";
import { ofPlant } from "../place";
import { route } from "../route";
import { alarmCount, alarmName } from "../sentences";
import { lastPerson, session } from "../session";
import { ThemeButton } from "../theme-button";
import { useWholePage } from "../whole-page";
import { PlantCoils } from "./coils";
import { answers, inUse, plant, stateOf } from "./lines";
import { LinesPage } from "./lines-page";

const PAGES = ["lines", "coils"] as const;
/** "#/map/K4711/hot%20mill" is a coil of a station; "#/coils" the coils of all; anything else the lines. */
const isList = () => location.hash.startsWith("#/coils");

export function PlantApp() {
  useWholePage();
  useKeys({
    "1": () => go("lines"),
    "2": () => go("coils"),
    "9": () => session.value?.by_log_in && void logOut(),
  });
  const { station, coil, page } = route.value;
  const shown = plant.value?.stations.find((s) => s.name === station) ?? null;
  useEffect(() => {
    ofPlant.value = shown && { name: shown.name, cameras: shown.cameras };
  }, [shown?.name, JSON.stringify(shown?.cameras)]);
  const isCoil = station !== null && coil !== null;
  const isKnown = ofPlant.value?.name === station; // before that, nobody knows which sides were looked at
  const OfCoil = page === "report" ? Report : page === "shadow" ? ShadowPage : CoilMap;
  const Page = isCoil ? OfCoil : isList() ? PlantCoils : LinesPage;
  return (
    <>
      <header>
        <DoLinesRun />
        <IsAlarm />
        <Where />
      </header>
      <nav>
        {PAGES.map((name, n) => (
          <a
            key={name}
            href={`#/${name}`}
            aria-current={!isCoil && (name === "coils") === isList() ? "page" : undefined}
          >
            <kbd>{n + 1}</kbd> {t(name === "coils" ? "coils" : "allLines")}
          </a>
        ))}
        <LoggedIn />
        <LanguageButton />
        <ThemeButton />
      </nav>
      <main class={answers.value ? "" : "old"}>
        {isCoil && !isKnown ? (
          <p class="empty">{plant.value && !shown ? t("noSuchLine", { name: station }) : t("waiting")}</p>
        ) : isCoil && !shown?.cameras.length ? (
          <p class="empty">{t("camerasNotTold")}</p>
        ) : (
          <Page key={`${station} ${coil} ${lastPerson.value}`} />
        )}
      </main>
      <LogIn then={() => undefined} />
    </>
  );
}

function go(page: (typeof PAGES)[number]): void {
  location.hash = `#/${page}`;
}

function DoLinesRun() {
  if (session.value === null) return <Bad title={t("notLoggedIn")} why={t("notLoggedInWhy")} />;
  if (!answers.value) return <Bad title={t("noContact")} why={t("noContactPlantWhy")} />;
  const all = plant.value;
  if (!all) return <Answer title="…" why="" />;
  const lines = inUse(all);
  const bad = lines.filter((line) => stateOf(line) !== "runs");
  if (bad.length) {
    const title = t("linesRun", { n: lines.length - bad.length, of: lines.length });
    return <Bad title={title} why={bad.map((line) => line.name).join(" · ")} />;
  }
  return (
    <Answer title={lines.length ? t("allLinesRun") : t("noLine")} why={lines.map((line) => line.name).join(" · ")} />
  );
}

function IsAlarm() {
  const all = plant.value;
  const open = (all ? inUse(all) : []).flatMap((line) => line.alarms.map((alarm) => ({ line, alarm })));
  const [first] = open.sort((a, b) => a.alarm.cost - b.alarm.cost);
  if (!first || session.value === null) return <Answer title={session.value === null ? "–" : t("noAlarm")} why="" />;
  const isCostly = first.alarm.cost <= 1;
  return (
    <a class={isCostly ? "answer bad" : "answer warn"} href="#/lines">
      <b>
        {isCostly ? "▲" : "◆"} {alarmCount(open.length)}
      </b>
      <span>
        {first.line.name} · {alarmName(first.alarm)}
      </span>
    </a>
  );
}

function Where() {
  return <Answer title={plant.value?.name ?? ""} why={plant.value ? clock(plant.value.now) : ""} />;
}

function Answer({ title, why }: { title: string; why: string }) {
  return (
    <div class="answer">
      <b>{title}</b>
      <span>{why}</span>
    </div>
  );
}

function Bad({ title, why }: { title: string; why: string }) {
  return (
    <div class="answer bad" role="alert">
      <b>✕ {title}</b>
      <span>{why}</span>
    </div>
  );
}
