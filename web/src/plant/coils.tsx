import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { CoilCells, CoilHeads } from "../pages/coils";
import { coilAddress } from "../route";
import { type CoilOfStation, readCoils } from "./rest";

const PAGE = 100;
const REPEAT_MS = 5000;
const TYPING_MS = 200;
const keyOf = (c: CoilOfStation) => `${c.station}\n${c.coil.coil_id}`;

/** The coils of all lines, newest first. */
export function PlantCoils() {
  const [coils, setCoils] = useState<CoilOfStation[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined); // undefined: no page was read yet
  const [wanted, setWanted] = useState("");
  const [problem, setProblem] = useState("");
  const refused = (error: Error) => setProblem(error.message);
  useEffect(() => {
    let stopped = false;
    setCoils([]);
    setNext(undefined);
    const read = () =>
      void readCoils(PAGE, wanted).then((page) => {
        if (stopped) return;
        const newest = new Set(page.coils.map(keyOf));
        setCoils((before) => [...page.coils, ...before.filter((c) => !newest.has(keyOf(c)))]);
        setNext((before) => (before === undefined ? page.next : before));
        setProblem("");
      }, refused);
    const first = setTimeout(read, TYPING_MS);
    const timer = setInterval(read, REPEAT_MS);
    return () => {
      stopped = true;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [wanted]);
  const older = () =>
    void readCoils(PAGE, wanted, next).then((page) => {
      setCoils((before) => {
        const known = new Set(before.map(keyOf));
        return [...before, ...page.coils.filter((c) => !known.has(keyOf(c)))];
      });
      setNext(page.next);
    }, refused);
  return (
    <section class="page">
      <div class="bar">
        <h1>{t("coils")}</h1>
        <input
          type="search"
          aria-label={t("searchName")}
          placeholder={t("searchName")}
          value={wanted}
          onInput={(e) => setWanted(e.currentTarget.value)}
        />
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>{t("ofLine")}</th>
              <CoilHeads />
            </tr>
          </thead>
          <tbody>
            {coils.map((c) => {
              const address = coilAddress("map", c.coil.coil_id, c.station);
              return (
                <tr
                  key={keyOf(c)}
                  onClick={() => {
                    location.hash = address;
                  }}
                >
                  <td>
                    {c.station}
                    <small>{[c.plant, c.line].filter(Boolean).join(" · ")}</small>
                  </td>
                  <CoilCells coil={c.coil} address={address} />
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {next && (
        <button type="button" onClick={older}>
          {t("more")}
        </button>
      )}
    </section>
  );
}
