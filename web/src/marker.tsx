import { colour, marker, shape } from "./palette";
import { className } from "./sentences";

/** The marker and the name of a class. A mark that is no defect is an outline in grey. */
export function ClassName({ name, isMark = false }: { name: string; isMark?: boolean }) {
  const points = marker(shape(name)).map(([x, y]) => `${8 + 6 * x},${8 + 6 * y}`);
  return (
    <span class="class">
      <svg width="16" height="16" aria-hidden="true">
        {isMark ? (
          <polygon points={points.join(" ")} fill="none" stroke="var(--quiet)" stroke-dasharray="3 2" />
        ) : (
          <polygon points={points.join(" ")} fill={colour(name)} />
        )}
      </svg>
      {className(name)}
    </span>
  );
}
