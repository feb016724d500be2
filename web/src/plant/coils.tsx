import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { CoilCells, CoilHeads } from "../pages/coils";
import { coilAddress } from "../route";
import { type CoilOfStation, readCoils } from "./rest";

const PAGE = 100;
const REPEAT_MS = 5000;
const keyOf = (c: CoilOfStation) => `${c.station}\n${c.coil.coil_id}`;

/** The coils of all lines, newest first. */
export function PlantCoils() {
  const [coils, setCoils] = useState<CoilOfStation[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [wanted, setWanted] = useState("");
  useEffect(() => {
    const read = () =>
      void readCoils(PAGE).then(
        (page) => {
          const newest = new Set(page.coils.map(keyOf));
          setCoils((before) => [...page.coils, ...before.filter((c) => !newest.has(keyOf(c)))]);
          setNext((before) => before ?? page.next);
        },
        () => undefined,
      );
    read();
    const timer = setInterval(read, REPEAT_MS);
    return () => clearInterval(timer);
  }, []);
  const older = () =>
    void readCoils(PAGE, next).then((page) => {
      setCoils([...coils, ...page.coils]);
      setNext(page.next);
    });
  const shown = coils.filter((c) =>
    `${c.station} ${c.line} ${c.coil.name} ${c.coil.coil_id} ${c.coil.heat} ${c.coil.product}`
      .toLowerCase()
      .includes(wanted.toLowerCase()),
  );
  return (
    <section class="page">
      <div class="bar">
        <h1>{t("coils")}</h1>
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          value={wanted}
          onInput={(e) => setWanted(e.currentTarget.value)}
        />
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>{t("ofLine")}</th>
              <CoilHeads />
            </tr>
          </thead>
          <tbody>
            {shown.map((c) => {
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
