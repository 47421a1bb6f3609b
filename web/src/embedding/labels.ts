// Names of groups on the embedding: where each belongs, and where there is room for it.
import type { CategoricalColumn } from "../api/columns";

export interface Anchor {
  code: number;
  name: string;
  n: number;
  x: number;
  y: number;
}

/**
 * One anchor a category, in data units: the middle of the densest of 24 × 24 squares of the category's own cells. The mean of a category
 * with two islands lies between them, on other cells.
 */
export function anchors(points: Float32Array, dimensions: number, column: CategoricalColumn, visible: Uint8Array | null): Anchor[] {
  const k = column.categories.length, side = 24, n = column.n_cells;
  const low = new Float64Array(2 * k).fill(Infinity), high = new Float64Array(2 * k).fill(-Infinity), counts = new Uint32Array(k);
  const shown = (cell: number, code: number): boolean => code < k && (!visible || visible[cell] !== 0);
  for (let cell = 0; cell < n; cell++) {
    const code = column.codes[cell]!;
    if (!shown(cell, code)) continue;
    counts[code]!++;
    for (let a = 0; a < 2; a++) {
      const v = points[cell * dimensions + a]!, at = 2 * code + a;
      if (v < low[at]!) low[at] = v;
      if (v > high[at]!) high[at] = v;
    }
  }
  const tally = new Uint32Array(k * side * side), sums = new Float64Array(2 * k * side * side);
  const square = (cell: number, code: number): number => {
    const at = (a: 0 | 1): number => {
      const w = high[2 * code + a]! - low[2 * code + a]!;
      return w > 0 ? Math.min(side - 1, Math.floor(((points[cell * dimensions + a]! - low[2 * code + a]!) / w) * side)) : 0;
    };
    return code * side * side + at(1) * side + at(0);
  };
  for (let cell = 0; cell < n; cell++) {
    const code = column.codes[cell]!;
    if (!shown(cell, code)) continue;
    const s = square(cell, code);
    tally[s]!++;
    sums[2 * s]! += points[cell * dimensions]!;
    sums[2 * s + 1]! += points[cell * dimensions + 1]!;
  }
  const out: Anchor[] = [];
  for (let code = 0; code < k; code++) {
    if (counts[code] === 0) continue;
    let most = -1, x = 0, y = 0;
    for (let r = 0; r < side; r++) {
      for (let c = 0; c < side; c++) {
        // A square with its neighbours: single crowded squares at a rim do not win.
        let sum = 0, sx = 0, sy = 0;
        for (let dr = -2; dr <= 2; dr++) {
          for (let dc = -2; dc <= 2; dc++) {
            if (r + dr < 0 || r + dr >= side || c + dc < 0 || c + dc >= side) continue;
            const s = code * side * side + (r + dr) * side + c + dc;
            sum += tally[s]!;
            sx += sums[2 * s]!;
            sy += sums[2 * s + 1]!;
          }
        }
        if (sum > most) [most, x, y] = [sum, sx / sum, sy / sum];
      }
    }
    out.push({ code, name: column.categories[code]!.name, n: counts[code]!, x, y });
  }
  return out.sort((a, b) => b.n - a.n);
}

export interface Placed {
  code: number;
  name: string;
  /** Middle of the text, CSS pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Where it belongs: a line leads there when the text had to move. */
  anchorX: number;
  anchorY: number;
  moved: boolean;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const touch = (a: Box, b: Box): boolean => Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;

/** Largest groups first; a name goes to the nearest free place around its anchor, or is left out (the legend still has it). */
export function place(wanted: { code: number; name: string; x: number; y: number }[], measure: (text: string) => number, height: number, width: number, lineHeight: number): Placed[] {
  const placed: Placed[] = [];
  for (const { code, name, x, y } of wanted) {
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const w = measure(name) + 8, h = lineHeight;
    const clamp = (box: Box): Box => ({ ...box, x: Math.min(Math.max(box.x, w / 2), width - w / 2), y: Math.min(Math.max(box.y, h / 2), height - h / 2) });
    if (w > width) continue;
    search: for (let ring = 0; ring <= 6; ring++) {
      const turns = ring === 0 ? 1 : 6 + 4 * ring;
      for (let k = 0; k < turns; k++) {
        const angle = (2 * Math.PI * k) / turns - Math.PI / 2;
        const box = clamp({ x: x + Math.cos(angle) * ring * (w * 0.28 + 6), y: y + Math.sin(angle) * ring * h * 0.85, width: w, height: h });
        if (placed.some((other) => touch(box, other))) continue;
        placed.push({ code, name, ...box, anchorX: x, anchorY: y, moved: Math.abs(box.x - x) > w / 2 || Math.abs(box.y - y) > h });
        break search;
      }
    }
  }
  return placed;
}
