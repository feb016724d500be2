import { useEffect, useState } from "preact/hooks";
import type { Coil } from "../api";
import { station } from "../connection";
import { t } from "../i18n";
import { metres, moment, percentInspected } from "../numbers";
import { get } from "../rest";
import { coilAddress, go } from "../route";
import { coilName, decisionName, sentences, statusName } from "../sentences";

const PAGE = 100;
const REPEAT_MS = 3000;

export function Coils() {
  const [coils, setCoils] = useState<Coil[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined); // undefined: no page was read yet
  const [wanted, setWanted] = useState("");
  const current = station.value?.coil;
  useEffect(() => {
    const read = () =>
      void get("/api/v1/coils", {}, { limit: PAGE }).then(
        (page) => {
          const newest = new Set(page.coils.map((c) => c.coil_id));
          setCoils((before) => [...page.coils, ...before.filter((c) => !newest.has(c.coil_id))]);
          setNext((before) => (before === undefined ? page.next : before));
        },
        () => undefined,
      );
    read();
    const timer = setInterval(read, REPEAT_MS);
    return () => clearInterval(timer);
  }, [current]);
  const older = () =>
    void get("/api/v1/coils", {}, { limit: PAGE, cursor: next ?? null }).then((page) => {
      setCoils((before) => {
        const known = new Set(before.map((c) => c.coil_id));
        return [...before, ...page.coils.filter((c) => !known.has(c.coil_id))];
      });
      setNext(page.next);
    });
  const shown = coils.filter((c) =>
    `${c.name} ${c.coil_id} ${c.heat} ${c.product}`.toLowerCase().includes(wanted.toLowerCase()),
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
              <CoilHeads />
            </tr>
          </thead>
          <tbody>
            {shown.map((c) => (
              <Row key={c.coil_id} coil={c} />
            ))}
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

function Row({ coil }: { coil: Coil }) {
  return (
    <tr onClick={() => go("map", coil.coil_id)}>
      <CoilCells coil={coil} address={coilAddress("map", coil.coil_id)} />
    </tr>
  );
}

/** The heads of the columns that CoilCells fills. */
export function CoilHeads() {
  return (
    <>
      <th>{t("coil")}</th>
      <th>{t("started")}</th>
      <th class="number">{t("length")}</th>
      <th class="number">{t("share")}</th>
      <th class="number">{t("defects")}</th>
      <th>{t("decision")}</th>
      <th>{t("why")}</th>
    </>
  );
}

/** A coil in a table. `address` is that of its map. */
export function CoilCells({ coil: c, address }: { coil: Coil; address: string }) {
  return (
    <>
      <td>
        <a href={address}>{coilName(c)}</a>
        <small>{[c.heat, c.product].filter(Boolean).join(" · ")}</small>
      </td>
      <td class="quiet time">{moment(c.started_at)}</td>
      <td class="number">{metres(c.length_m)}</td>
      <td class={c.inspected_m < c.length_m ? "number warn" : "number"}>
        {c.length_m ? percentInspected(c.inspected_m / c.length_m) : "–"}
      </td>
      <td class="number">{c.defects}</td>
      <td>
        {c.status !== "final" ? (
          <span class="quiet">{statusName(c.status)}</span>
        ) : c.decision === "hold" ? (
          <b class="held">◆ {decisionName("hold")}</b>
        ) : (
          decisionName("accept")
        )}
      </td>
      <td class="why sentence">{sentences(c.reasons)}</td>
    </>
  );
}
