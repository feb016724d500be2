// Templates as the station fills them: `{name}`, `{name:g}`, `{name:.1f}`, `{name:.0%}`, with the same result as Python's str.format.

export type Arguments = Readonly<Record<string, string | number>>;

/** The template with its arguments filled in. An argument that is missing shows as "?". */
export function format(template: string, args: Arguments): string {
  return template.replace(/\{(\w+)(?::(g|\.\d+f|\.\d+%))?\}/g, (_, name: string, spec: string | undefined) => {
    const value = args[name] ?? "?";
    return typeof value === "string" || !spec ? String(value) : number(value, spec);
  });
}

function number(value: number, spec: string): string {
  if (spec === "g") return general(value);
  const digits = Number.parseInt(spec.slice(1), 10);
  return spec.endsWith("%") ? `${fixed(100 * value, digits)}%` : fixed(value, digits);
}

/** A number with so many decimals. Halfway between two, Python takes the even one, where toFixed goes away from zero. */
function fixed(value: number, digits: number): string {
  const rounded = value.toFixed(digits);
  const exact = value.toFixed(100); // no number that lies halfway has more decimals
  const point = exact.indexOf(".");
  const isHalfway = /^50*$/.test(exact.slice(point + 1 + digits));
  const toZero = exact.slice(0, digits ? point + 1 + digits : point);
  return isHalfway && Number(toZero.at(-1)) % 2 === 0 ? toZero : rounded;
}

/** Python's `g`: six significant digits without zeros at the end, and a power of ten where the number is very large or small. */
function general(value: number): string {
  const [digits = "", power = "0"] = value.toExponential(5).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return withoutZeros(fixed(value, 5 - exponent));
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${withoutZeros(digits)}e${exponent < 0 ? "-" : "+"}${size}`;
}

const withoutZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
