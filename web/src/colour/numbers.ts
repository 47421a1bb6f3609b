// What part of a number's range the colours span.
import type { NumberColumn } from "../api/columns";

export interface Span {
  low: number;
  high: number;
  centred: boolean;
}

/** Clipping cuts off `clip` of the finite values at each end (of the positive ones, when most are zero, as in gene expression). */
export function span(column: NumberColumn, clip: number): Span {
  let { low, high } = column;
  if (clip > 0 && high > low) {
    const bins = 2048, counts = new Uint32Array(bins);
    let n = 0;
    const sparse = low === 0;
    for (const v of column.values) {
      if (!(v === v) || (sparse && v <= 0)) continue;
      counts[Math.min(bins - 1, Math.max(0, Math.floor(((v - low) / (high - low)) * bins)))]!++;
      n++;
    }
    const cut = n * clip;
    const find = (step: 1 | -1): number => {
      let sum = 0;
      for (let b = step > 0 ? 0 : bins - 1; b >= 0 && b < bins; b += step) {
        sum += counts[b]!;
        if (sum > cut) return b;
      }
      return step > 0 ? 0 : bins - 1;
    };
    const width = (high - low) / bins, lowest = sparse ? low : low + find(1) * width;
    high = low + (find(-1) + 1) * width;
    low = lowest;
  }
  if (column.centred) {
    const most = Math.max(Math.abs(low), Math.abs(high), 1e-9);
    return { low: -most, high: most, centred: true };
  }
  return { low, high: high > low ? high : low + 1, centred: false };
}

export interface Histogram {
  counts: number[];
  low: number;
  high: number;
}

/** Of the shown cells, over the whole range of the column. */
export function histogram(column: NumberColumn, visible: Uint8Array | null, bins = 40): Histogram {
  const counts = new Array<number>(bins).fill(0);
  const { low, high } = column;
  const w = high > low ? high - low : 1;
  column.values.forEach((v, cell) => {
    if (!(v === v) || (visible && !visible[cell])) return;
    counts[Math.min(bins - 1, Math.max(0, Math.floor(((v - low) / w) * bins)))]!++;
  });
  return { counts, low, high };
}

export function tally(codes: Uint8Array | Uint16Array, n: number, visible: Uint8Array | null, selection: Uint8Array | null): { shown: Uint32Array; selected: Uint32Array } {
  const shown = new Uint32Array(n + 1), selected = new Uint32Array(n + 1);
  for (let cell = 0; cell < codes.length; cell++) {
    const code = Math.min(codes[cell]!, n);
    if (!visible || visible[cell]) shown[code]!++;
    if (selection && (selection[cell >> 3]! & (1 << (cell & 7))) !== 0) selected[code]!++;
  }
  return { shown, selected };
}
