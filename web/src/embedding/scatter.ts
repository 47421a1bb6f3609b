// Two numbers of each cell as places. Most cells have none of a gene: their zeros would lie on one line, so they are spread over a strip below 0,
// where nothing else lies. A limit at or above 0 therefore parts the drawn cells exactly as it parts the numbers.
import { add, emptyBitmap } from "../api/bitmap";
import type { Axis, Column, EmbeddingColumn, NumberColumn } from "../api/columns";

const strip = 0.09;

/** A fixed number in 0–1 for a cell: the same picture every time. */
function spread(cell: number, salt: number): number {
  let h = (cell + 1) * 0x9e3779b1 + salt;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

function axisOf(column: NumberColumn): Axis {
  const high = column.high > column.low ? column.high : column.low + 1;
  return { title: column.title, unit: column.unit, scale: 1 / Math.max(Math.abs(high), Math.abs(column.low), 1e-12), high, strip: column.low === 0 ? strip : 0 };
}

/** Throws where a column holds no numbers. Cells without a value lie at NaN: they are not drawn and belong to no gate. */
export function scatter(x: Column, y: Column): EmbeddingColumn {
  if (x.kind !== "number" || y.kind !== "number") throw new Error(`${x.kind} and ${y.kind} columns have no scatter`);
  const axes: [Axis, Axis] = [axisOf(x), axisOf(y)];
  const values = new Float32Array(2 * x.n_cells);
  for (let cell = 0; cell < x.n_cells; cell++) {
    [x, y].forEach((column, k) => {
      const v = column.values[cell]!, axis = axes[k]!;
      values[2 * cell + k] = v === 0 && axis.strip > 0 ? -axis.strip * (0.12 + 0.76 * spread(cell, k)) : v * axis.scale;
    });
  }
  const low = axes.map((axis, k) => (axis.strip > 0 ? -axis.strip : [x, y][k]!.low * axis.scale)), high = axes.map((axis) => axis.high * axis.scale);
  return { kind: "embedding", name: `${x.name}|${y.name}`, title: `${x.title} · ${y.title}`, state: x.state, n_cells: x.n_cells, dimensions: 2, values, low, high, axes };
}

/** Limits in values: a cell is positive in what is above its limit. */
export type Gate = [number, number];

/** The quadrants of a gate, as they lie: left above, right above, left below, right below. */
export const quadrants = [[false, true], [true, true], [false, false], [true, false]] as const;

/** The shown cells of each quadrant. */
export function gated(layout: EmbeddingColumn, gate: Gate, visible: Uint8Array | null): Uint8Array[] {
  const [ax, ay] = layout.axes!, out = quadrants.map(() => emptyBitmap(layout.n_cells));
  const gx = gate[0] * ax.scale, gy = gate[1] * ay.scale;
  for (let cell = 0; cell < layout.n_cells; cell++) {
    const x = layout.values[2 * cell]!, y = layout.values[2 * cell + 1]!;
    if (!(x === x && y === y) || (visible && !visible[cell])) continue;
    add(out[(y > gy ? 0 : 2) + (x > gx ? 1 : 0)]!, cell);
  }
  return out;
}

/** Where a gate begins: just below nearly all positive values, as for a gene that a cell has or has not; in the middle where there is no such gap. */
export function firstGate(layout: EmbeddingColumn): Gate {
  return [0, 1].map((k) => {
    const axis = layout.axes![k]!, positive: number[] = [];
    const step = Math.max(1, Math.floor(layout.n_cells / 20_000));
    for (let cell = 0; cell < layout.n_cells; cell += step) {
      const v = layout.values[2 * cell + k]!;
      if (axis.strip > 0 ? v > 0 : v === v) positive.push(v / axis.scale);
    }
    positive.sort((a, b) => a - b);
    return Number((axis.strip > 0 ? (positive[Math.floor(positive.length / 20)] ?? 0) * 0.9 : (positive[positive.length >> 1] ?? 0)).toPrecision(2));
  }) as Gate;
}

/** About n round values between 0 (or low) and high. */
export function ticks(low: number, high: number, n = 4): number[] {
  const rough = (high - low) / n, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough)!;
  const out: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++) out.push(Number((i * step).toPrecision(12)));
  return out;
}
