import { useState } from "preact/hooks";
import type { Coil } from "../api";
import { station } from "../connection";
import { get } from "../rest";
import { coilAddress } from "../route";
import { CoilList, CoilRow } from "./coil-list";
import { usePaged } from "./paged";

const PAGE = 100;
const REPEAT_MS = 3000;

const read = (cursor: string | null) =>
  get("/api/v1/coils", {}, { limit: PAGE, cursor }).then(({ coils, next }) => ({ items: coils, next }));

export function Coils() {
  const [wanted, setWanted] = useState("");
  const { items, older } = usePaged<Coil>(read, (c) => c.coil_id, { repeatMs: REPEAT_MS, hint: station.value?.coil });
  const shown = items.filter((c) =>
    `${c.name} ${c.coil_id} ${c.heat} ${c.product} ${c.customer}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  return (
    <CoilList search="search" wanted={wanted} setWanted={setWanted} older={older}>
      {shown.map((c) => (
        <CoilRow key={c.coil_id} coil={c} address={coilAddress("map", c.coil_id)} />
      ))}
    </CoilList>
  );
}
