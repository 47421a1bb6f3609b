// The colours of src/plots/specification.cpp, so that a group has one colour in the embedding and in every figure: Okabe & Ito (2008),
// then darker and lighter shades. Scales are safe for colour-blind people: one hue family rising in darkness, blue–white–red around zero.

export type Rgb = [number, number, number];

const base = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f"];
const shades = [0, -0.42, 0.5, -0.68, 0.25];

export const parse = (hex: string): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Rgb;
export const hex = (rgb: Rgb): string => `#${rgb.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;

function shade(colour: string, amount: number): string {
  const target = amount < 0 ? 0 : 255;
  return hex(parse(colour).map((v) => v + (target - v) * Math.abs(amount)) as Rgb);
}

export const groupColour = (code: number): string => shade(base[code % base.length]!, shades[Math.floor(code / base.length) % shades.length]!);

/** Scales of numbers without a centre, to choose from. */
export const risingScales = ["rising", "viridis", "cividis"] as const;
export type RisingScale = (typeof risingScales)[number];
export type ScaleName = RisingScale | "diverging" | `${RisingScale | "diverging"}-dark`;

const stops: Record<ScaleName, string[]> = {
  rising: ["#d2d2d2", "#a9bfdc", "#8c78b8", "#81308c", "#4d004b"],
  // On black the strongest value has to be the lightest.
  "rising-dark": ["#3d4147", "#3d4f7c", "#7a5aa8", "#d06a9c", "#ffd0a0"],
  // Of matplotlib, from its light end on paper and from its dark end on black: what is high stands out from the ground.
  viridis: ["#d8e219", "#5ec962", "#21918c", "#3b528b", "#440154"],
  "viridis-dark": ["#46327e", "#365c8d", "#1fa187", "#4ac16d", "#fde725"],
  cividis: ["#ddcc66", "#b3a772", "#7c7b78", "#414d6b", "#00224e"],
  "cividis-dark": ["#2c4169", "#5a5f6d", "#7c7b78", "#bcae6c", "#fee838"],
  diverging: ["#2166ac", "#92c5de", "#e6e6e6", "#f4a582", "#b2182b"],
  "diverging-dark": ["#6fb3ea", "#3a6c94", "#3a3c40", "#a3573f", "#ff8a6a"],
};

/** 256 colours, RGBA. */
export function scale(name: ScaleName): Uint8Array {
  const colours = stops[name].map(parse);
  const out = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (colours.length - 1), k = Math.min(Math.floor(at), colours.length - 2), u = at - k;
    for (let c = 0; c < 3; c++) out[4 * i + c] = Math.round(colours[k]![c]! * (1 - u) + colours[k + 1]![c]! * u);
    out[4 * i + 3] = 255;
  }
  return out;
}

export const gradient = (name: ScaleName): string => `linear-gradient(to right, ${stops[name].join(", ")})`;

/** Colours of the categories of a field; those that were chosen by hand go first. */
export function categoryColours(names: string[], chosen: Record<string, string> | undefined): string[] {
  return names.map((name, code) => chosen?.[name] ?? groupColour(code));
}

export function toRgba(colours: string[]): Uint8Array {
  const out = new Uint8Array(Math.max(1, colours.length) * 4);
  colours.forEach((colour, i) => out.set([...parse(colour), 255], 4 * i));
  return out;
}
