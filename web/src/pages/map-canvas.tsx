import { useEffect, useRef, useState } from "preact/hooks";
import type { Defect, Stretch } from "../api";
import type { CoilData } from "../coil-data";
import { mapWidth, type Range } from "../filters";
import { t } from "../i18n";
import { metres } from "../numbers";
import { place } from "../place";
import { sideName } from "../sentences";
import { sidesOfCoil } from "../strip";
import { LEFT_PX, UNDER_PX, Unrolled } from "../unrolled";

interface MapCanvasProps {
  data: CoilData;
  length_m: number;
  shown: Defect[];
  stretches: Stretch[];
  range: Range | null;
  zoom: (range: Range) => void;
  chosen: Defect | null;
  choose: (defect: Defect | null) => void;
}

/** The coil map: drag along it to zoom in, click a defect to choose it. */
export function MapCanvas({ data, length_m, shown, stretches, range, zoom, chosen, choose }: MapCanvasProps) {
  const at = useRef<HTMLCanvasElement>(null);
  const view = useRef<Unrolled | null>(null);
  const [size, setSize] = useState("");
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const width_mm = mapWidth(data.width_mm, [...data.defects, ...data.marks]);
  const sides = sidesOfCoil(data.cameras, place.value?.cameras ?? []);
  const whole = { from_m: 0, to_m: Math.max(0.1, length_m) };
  const { from_m, to_m } = range ?? whole;
  useEffect(() => {
    const canvas = at.current;
    if (!canvas) return;
    const sizes = new ResizeObserver(() => setSize(`${canvas.clientWidth}x${canvas.clientHeight}`));
    sizes.observe(canvas);
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    const canvas = at.current;
    if (!canvas) return;
    canvas.width = Math.max(128, Math.round(canvas.clientWidth * devicePixelRatio));
    canvas.height = Math.max(128, Math.round(canvas.clientHeight * devicePixelRatio));
    view.current = new Unrolled(canvas, { from_m, to_m }, width_mm, sides);
    view.current.draw(shown, data.periodic, stretches, data.coverage, chosen?.defect_id ?? null);
  }, [size, shown, stretches, data.periodic, data.coverage, chosen, from_m, to_m, width_mm, sides.join()]);
  const point = (e: PointerEvent): [number, number] => [e.offsetX * devicePixelRatio, e.offsetY * devicePixelRatio];
  const release = (e: PointerEvent) => {
    const [x, y] = point(e);
    if (drag && view.current && Math.abs(drag[1] - drag[0]) > 8) {
      const [start = 0, end = 0] = [view.current.metres(drag[0]), view.current.metres(x)].sort((a, b) => a - b);
      if (end > start) zoom({ from_m: start, to_m: end });
    } else choose(view.current?.at(x, y) ?? null);
    setDrag(null);
  };
  return (
    <div class="canvas">
      <canvas
        ref={at}
        role="img"
        aria-label={`${t("map")}: ${shown.length} ${t("defects")}, ${metres(length_m)} × ${width_mm.toFixed(0)} mm`}
        onPointerDown={(e) => setDrag([point(e)[0], point(e)[0]])}
        onPointerMove={(e) => drag && setDrag([drag[0], point(e)[0]])}
        onPointerUp={release}
        onDblClick={() => zoom(whole)}
      />
      {(sides.length > 1 || sides[0] === "bottom") &&
        sides.map((side, n) => (
          <span
            key={side}
            class="lane"
            style={{ top: `calc(${n} * (100% - ${UNDER_PX}px) / ${sides.length})`, left: `${LEFT_PX}px` }}
          >
            {sideName(side)}
          </span>
        ))}
      {drag && (
        <div
          class="brush"
          style={{
            left: `${Math.min(...drag) / devicePixelRatio}px`,
            width: `${Math.abs(drag[1] - drag[0]) / devicePixelRatio}px`,
          }}
        />
      )}
    </div>
  );
}
