import { useEffect, useState } from "preact/hooks";
import { station } from "../connection";
import { clock, metres, reason, t } from "../i18n";
import { ask } from "../rest";
import { go } from "../route";
import type { Coil } from "../types";

interface Page {
  coils: Coil[];
  next: string | null;
}

export function Coils() {
  const [coils, setCoils] = useState<Coil[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [wanted, setWanted] = useState("");
  const current = station.value?.coil;
  useEffect(() => {
    const look = () =>
      void ask<Page>("coils?limit=100").then(
        (page) => {
          setCoils((before) => [
            ...page.coils,
            ...before.filter((b) => !page.coils.some((c) => c.coil_id === b.coil_id)),
          ]);
          setNext((before) => before ?? page.next);
        },
        () => undefined,
      );
    look();
    const timer = setInterval(look, 3000);
    return () => clearInterval(timer);
  }, [current]);
  const older = () =>
    void ask<Page>(`coils?limit=100&cursor=${encodeURIComponent(next ?? "")}`).then((page) => {
      setCoils([...coils, ...page.coils]);
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
              <th>{t("coil")}</th>
              <th>{t("started")}</th>
              <th class="number">{t("length")}</th>
              <th class="number">{t("share")}</th>
              <th class="number">{t("defects")}</th>
              <th>{t("decision")}</th>
              <th>{t("why")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((c) => (
              <tr key={c.coil_id} onClick={() => go("map", c.coil_id)}>
                <td>
                  <a href={`#/map/${encodeURIComponent(c.coil_id)}`}>{c.name}</a>
                  <small>{[c.heat, c.product].filter(Boolean).join(" · ")}</small>
                </td>
                <td class="quiet">{clock(c.started_at)}</td>
                <td class="number">{metres(c.length_m)}</td>
                <td class={c.inspected_m < c.length_m ? "number warn" : "number"}>{share(c)}</td>
                <td class="number">{c.defects}</td>
                <td>
                  {c.status !== "final" ? (
                    <span class="quiet">{t(c.status)}</span>
                  ) : c.decision === "hold" ? (
                    <b class="held">◆ {t("hold")}</b>
                  ) : (
                    t("accept")
                  )}
                </td>
                <td class="why">{reason(c.reasons.join("; "))}</td>
              </tr>
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

const share = (c: Coil): string => (c.length_m ? `${((100 * c.inspected_m) / c.length_m).toFixed(1)} %` : "–");
