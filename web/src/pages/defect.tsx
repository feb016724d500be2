import { useEffect, useState } from "preact/hooks";
import type { Defect, Reason } from "../api";
import { MARK } from "../filters";
import { t } from "../i18n";
import { ClassName } from "../marker";
import { metres } from "../numbers";
import { colour } from "../palette";
import { cropAddress, get, maskAddress } from "../rest";
import { route } from "../route";
import { className, sentence, sideName } from "../sentences";

/** A defect beside the coil map. */
export function Detail({ defect, close }: { defect: Defect; close: () => void }) {
  return (
    <aside class="detail">
      <div class="bar">
        <b>
          <ClassName name={defect.class} />
        </b>
        <button type="button" aria-label={t("close")} onClick={close}>
          ×
        </button>
      </div>
      <DefectPicture defect={defect} withMask />
      <Facts defect={defect} />
    </aside>
  );
}

/** The defect's picture, with the pixels that were found in the colour of its class. */
export function DefectPicture({ defect, withMask }: { defect: Defect; withMask: boolean }) {
  const [missing, setMissing] = useState(false);
  useEffect(() => setMissing(false), [defect.defect_id]);
  if (route.value.station !== null) return <p class="empty">{t("pictureAtStation")}</p>;
  if (missing) return <p class="empty">{t("noPicture")}</p>;
  const mask = `url("${maskAddress(defect.defect_id)}")`;
  return (
    <div class="picture">
      <img
        src={cropAddress(defect.defect_id)}
        alt={`${className(defect.class)} ${metres(defect.along_mm / 1000)}`}
        onError={() => setMissing(true)}
      />
      {withMask && <div class="mask" style={{ maskImage: mask, background: colour(defect.class) }} />}
    </div>
  );
}

export function Facts({ defect: d }: { defect: Defect }) {
  return (
    <dl>
      <dt>{t("position")}</dt>
      <dd>
        {metres(d.along_mm / 1000, 2)} · {d.across_mm.toFixed(0)} mm · {sideName(d.side)}
      </dd>
      <dt>
        {t("length")} × {t("width")}
      </dt>
      <dd>
        {d.length_mm.toFixed(1)} × {d.width_mm.toFixed(1)} mm
      </dd>
      <dt>{t("area")}</dt>
      <dd>{d.area_mm2.toFixed(0)} mm²</dd>
      <dt>{t("severity")}</dt>
      <dd>
        {d.severity === MARK ? t("marks") : d.severity}
        <Because id={d.defect_id} />
      </dd>
      <dt>{t("score")}</dt>
      <dd>{(100 * d.score).toFixed(0)} %</dd>
      {d.codes && (
        <>
          <dt>{t("commonCodes")}</dt>
          <dd>
            {t("codeOfPlant")} <code>{d.codes.plant}</code> · {t("codeOfCluster")} <code>{d.codes.cluster}</code>
          </dd>
        </>
      )}
    </dl>
  );
}

/** Why a defect has its severity: what each rule of the recipe added to its grade. Lists of defects do not say, so it is asked for. */
function Because({ id }: { id: string }) {
  const [reasons, setReasons] = useState<Reason[]>([]);
  useEffect(() => {
    let stopped = false;
    setReasons([]);
    get("/api/v1/defects/{defect_id}", { defect_id: id }).then(
      (d) => !stopped && setReasons(d.severity_because),
      () => undefined, // the page that shows the defect says why the station does not answer
    );
    return () => {
      stopped = true;
    };
  }, [id]);
  return (
    <ul class="because">
      {reasons.map((r) => (
        <li key={r.code}>{sentence(r)}</li>
      ))}
    </ul>
  );
}
