import { useEffect, useState } from "preact/hooks";
import type { Coil, Cut } from "../api";
import { t } from "../i18n";
import { metres } from "../numbers";
import { get } from "../rest";
import { coilAddress } from "../route";

/** What a derived coil is made of, and what became of a coil that was cut: each cut, with a link to the other coil. */
export function Cuts({ coil }: { coil: Coil }) {
  const [origin, setOrigin] = useState<Cut[]>([]);
  const [pieces, setPieces] = useState<Cut[]>([]);
  useEffect(() => {
    let left = false;
    const read = async () => {
      const parts = { coil_id: coil.coil_id };
      const made = await get("/api/v1/coils/{coil_id}/origin", parts);
      const became = await get("/api/v1/coils/{coil_id}/pieces", parts);
      if (left) return;
      setOrigin(made.cuts);
      setPieces(became.cuts);
    };
    read().catch(() => undefined); // the page says already that the station does not answer
    return () => {
      left = true;
    };
  }, [coil.coil_id, coil.revision]);
  return (
    <>
      {origin.length > 0 && <dt>{t("madeOf")}</dt>}
      {origin.map((cut) => (
        <dd key={cut.piece_from_m}>
          <Linked coil={cut.coil_id} /> {range(cut.from_m, cut.to_m)} → {range(cut.piece_from_m, cut.piece_to_m)}
          {turns(cut)}
        </dd>
      ))}
      {pieces.length > 0 && <dt>{t("became")}</dt>}
      {pieces.map((cut) => (
        <dd key={`${cut.piece_id} ${cut.piece_from_m}`}>
          {range(cut.from_m, cut.to_m)} → <Linked coil={cut.piece_id} /> {range(cut.piece_from_m, cut.piece_to_m)}
          {turns(cut)}
        </dd>
      ))}
    </>
  );
}

function Linked({ coil }: { coil: string | null }) {
  return coil === null ? t("noRecords") : <a href={coilAddress("report", coil)}>{coil}</a>;
}

const range = (from_m: number, to_m: number): string => `${metres(from_m, 2)} – ${metres(to_m, 2)}`;

/** How a cut was turned and trimmed, in words. */
export function turns(cut: Cut): string {
  const { trimmed_operator_mm: operator, trimmed_drive_mm: drive } = cut;
  const said = [
    cut.head_to_tail && t("tailFirst"),
    cut.turned_over && t("turnedOver"),
    cut.sides_exchanged && t("sidesExchanged"),
    operator > 0 && `${t("operatorSide")} ${t("trimmed", { mm: operator })}`,
    drive > 0 && `${t("driveSide")} ${t("trimmed", { mm: drive })}`,
  ].filter(Boolean);
  return said.map((one) => ` · ${one}`).join("");
}
