import type { Defect } from "../api";
import { type Filter, MARK } from "../filters";
import { t } from "../i18n";
import { ClassName } from "../marker";
import { sideName } from "../sentences";

interface FiltersProps {
  defects: Defect[];
  filter: Filter;
  set: (filter: Filter) => void;
  zoomed: boolean;
  whole: () => void;
}

/** Which defects the coil map shows: by class, severity and side. */
export function Filters({ defects, filter, set, zoomed, whole }: FiltersProps) {
  const counts = new Map<string, number>();
  const marks = new Set(defects.filter((d) => d.severity === MARK).map((d) => d.class));
  for (const d of defects) counts.set(d.class, (counts.get(d.class) ?? 0) + 1);
  const flip = (name: string) => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(name)) hidden.add(name);
    set({ ...filter, hidden });
  };
  return (
    <div class="bar filters">
      {[...counts].sort().map(([name, count]) => (
        <button type="button" key={name} aria-pressed={!filter.hidden.has(name)} onClick={() => flip(name)}>
          <ClassName name={name} isMark={marks.has(name)} /> {count}
        </button>
      ))}
      <select
        aria-label={t("severity")}
        value={filter.severity}
        onChange={(e) => set({ ...filter, severity: Number(e.currentTarget.value) })}
      >
        <option value={MARK}>{t("marksToo")}</option>
        <option value={1}>{t("anySeverity")}</option>
        {[2, 3, 4, 5].map((n) => (
          <option key={n} value={n}>
            {t("fromSeverity", { n })}
          </option>
        ))}
      </select>
      <select
        aria-label={t("bothSides")}
        value={filter.side}
        onChange={(e) => set({ ...filter, side: e.currentTarget.value })}
      >
        <option value="">{t("bothSides")}</option>
        <option value="top">{sideName("top")}</option>
        <option value="bottom">{sideName("bottom")}</option>
      </select>
      {zoomed && (
        <button type="button" onClick={whole}>
          {t("wholeCoil")}
        </button>
      )}
    </div>
  );
}
