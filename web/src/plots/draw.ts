// Draws a Vega-Lite specification into an element. Loaded when the first figure is shown: Vega is larger than the rest of the page.
import type { View } from "vega";

export interface Drawn {
  view: View;
  finalize: () => void;
}

/** Figures are made for white paper; in the dark theme ink and paper change places and colours of data stay. */
function inkFor(dark: boolean): object {
  if (!dark) return { background: "transparent" };
  const ink = "#d9d9d6";
  return {
    background: "transparent",
    title: { color: ink, subtitleColor: "#9b9c9a" },
    axis: { gridColor: "#35383c", labelColor: ink, titleColor: ink, domainColor: "#77787a", tickColor: "#77787a" },
    legend: { labelColor: ink, titleColor: ink },
    text: { color: ink },
  };
}

function darken(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(darken);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, key === "data" || key === "datasets" ? v : darken(v)]));
  return value === "#222222" ? "#d9d9d6" : value === "white" ? "transparent" : value;
}

/** Beside the conversation there is no room for a legend at the right. */
const narrowLegend = { legend: { orient: "bottom", columns: 2, labelLimit: 190, titleLimit: 380 } };

function merged(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const out = { ...a };
  for (const [key, value] of Object.entries(b)) out[key] = typeof value === "object" && value !== null && typeof out[key] === "object" && out[key] !== null ? merged(out[key] as Record<string, unknown>, value as Record<string, unknown>) : value;
  return out;
}

/** `touched`: told what a click hit, as the row of data behind it. */
export async function draw(element: HTMLElement, spec: Record<string, unknown>, dark: boolean, narrow = false, touched?: (row: Record<string, unknown>) => void): Promise<Drawn> {
  const [{ default: embed }, { expressionInterpreter }] = await Promise.all([import("vega-embed"), import("vega-interpreter")]);
  // The specification's own `config` wins over that of the embedding: what the page wants is put into it.
  const wanted = merged(inkFor(dark) as Record<string, unknown>, narrow ? narrowLegend : {});
  const inked = (dark ? darken(spec) : spec) as Record<string, unknown>;
  const shown = { ...inked, config: merged((inked.config ?? {}) as Record<string, unknown>, wanted) };
  const result = await embed(element, shown as never, {
    actions: false, renderer: "svg", ast: true, expr: expressionInterpreter as never, logLevel: 1,
    loader: { target: "_blank" } as never, tooltip: { theme: dark ? "dark" : "light" },
  });
  if (touched) result.view.addEventListener("click", (_, item) => { const row: unknown = item?.datum; if (typeof row === "object" && row !== null) touched(row as Record<string, unknown>); });
  return { view: result.view as unknown as View, finalize: () => result.finalize() };
}

/** For saving: always ink on white. */
export async function toSvg(spec: Record<string, unknown>): Promise<string> {
  const holder = document.createElement("div");
  const drawn = await draw(holder, spec, false);
  const svg = await drawn.view.background("white").toSVG();
  drawn.finalize();
  return svg;
}

export async function toPng(spec: Record<string, unknown>): Promise<Blob> {
  const holder = document.createElement("div");
  const drawn = await draw(holder, spec, false);
  const canvas = await drawn.view.background("white").toCanvas(3);
  drawn.finalize();
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
