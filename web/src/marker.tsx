import { colour, marker, shape } from "./palette";
import { className } from "./sentences";

/** The marker and the name of a defect class. */
export function ClassName({ name }: { name: string }) {
  const points = marker(shape(name)).map(([x, y]) => `${8 + 6 * x},${8 + 6 * y}`);
  return (
    <span class="class">
      <svg width="16" height="16" aria-hidden="true">
        <polygon points={points.join(" ")} fill={colour(name)} />
      </svg>
      {className(name)}
    </span>
  );
}
