import { className } from "./i18n";
import { colour, marker, shape } from "./palette";

/** A class's marker and name. */
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
