import type { ComponentChildren } from "preact";
import type { Coil } from "../api";
import { bySkelp } from "../decisions";
import { t } from "../i18n";
import { metres, moment, percentInspected } from "../numbers";
import { coilName, shortly, statusName } from "../sentences";
import { Standing } from "./verdict";

interface ListProps {
  search: "search" | "searchName";
  wanted: string;
  setWanted: (text: string) => void;
  problem?: string;
  /** The head of a column before the coil's. */
  before?: string;
  older: (() => void) | null;
  children: ComponentChildren;
}

/** A page with coils in a table, a search and a button for more. Its children are rows. */
export function CoilList({ search, wanted, setWanted, problem, before, older, children }: ListProps) {
  return (
    <section class="page">
      <div class="bar">
        <h1>{t("coils")}</h1>
        <input
          type="search"
          aria-label={t(search)}
          placeholder={t(search)}
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
              {before && <th>{before}</th>}
              <th>{t("coil")}</th>
              <th>{t("started")}</th>
              <th class="number">{t("length")}</th>
              <th class="number">{t("share")}</th>
              <th class="number">{t("defects")}</th>
              <th>{t("decision")}</th>
              <th>{t("why")}</th>
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
      {older && (
        <button type="button" onClick={older}>
          {t("more")}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  coil: Coil;
  /** The address of the coil's map. */
  address: string;
  /** The cell before the coil's. */
  children?: ComponentChildren;
}

/** A coil as a row that leads to its map. */
export function CoilRow({ coil: c, address, children }: RowProps) {
  const why = shortly(bySkelp(c).reasons);
  return (
    <tr
      onClick={() => {
        location.hash = address;
      }}
    >
      {children}
      <td>
        <a href={address}>{coilName(c)}</a>
        <small>{[c.heat, c.product, c.customer].filter(Boolean).join(" · ")}</small>
      </td>
      <td class="quiet time">{moment(c.started_at)}</td>
      <td class="number">{metres(c.length_m)}</td>
      <td class={c.inspected_m < c.length_m ? "number warn" : "number"}>
        {c.length_m ? percentInspected(c.inspected_m / c.length_m) : "–"}
      </td>
      <td class="number">{c.defects}</td>
      <td>{c.status === "final" ? <Standing coil={c} /> : <span class="quiet">{statusName(c.status)}</span>}</td>
      <td class="why sentence" title={why.all}>
        {why.first}
        {why.more > 0 && (
          <span class="quiet" role="img" aria-label={t("moreReasons", { n: why.more })}>
            {` +${why.more}`}
          </span>
        )}
      </td>
    </tr>
  );
}
