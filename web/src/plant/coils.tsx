import { useState } from "preact/hooks";
import { t } from "../i18n";
import { CoilList, CoilRow } from "../pages/coil-list";
import { usePaged } from "../pages/paged";
import { coilAddress } from "../route";
import { type CoilOfStation, readCoils } from "./rest";

const PAGE = 100;
const REPEAT_MS = 5000;
const TYPING_MS = 200;
const keyOf = (c: CoilOfStation) => `${c.station}\n${c.coil.coil_id}`;

/** The coils of all lines, newest first. */
export function PlantCoils() {
  const [wanted, setWanted] = useState("");
  const read = (cursor: string | null) =>
    readCoils(PAGE, wanted, cursor).then(({ coils, next }) => ({ items: coils, next }));
  const { items, older, problem } = usePaged(read, keyOf, { repeatMs: REPEAT_MS, delayMs: TYPING_MS, list: wanted });
  return (
    <CoilList
      search="searchName"
      wanted={wanted}
      setWanted={setWanted}
      problem={problem}
      before={t("ofLine")}
      older={older}
    >
      {items.map((c) => (
        <CoilRow key={keyOf(c)} coil={c.coil} address={coilAddress("map", c.coil.coil_id, c.station)}>
          <td>
            {c.station}
            <small>{[c.plant, c.line].filter(Boolean).join(" · ")}</small>
          </td>
        </CoilRow>
      ))}
    </CoilList>
  );
}
