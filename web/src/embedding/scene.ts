// Everything of one panel that does not move: points, colours, order of drawing, names. Made anew when the columns change.
import type { CategoricalColumn, Column, EmbeddingColumn } from "../api/columns";
import { span, type Span } from "../colour/numbers";
import { categoryColours, scale, toRgba, type RisingScale, type ScaleName } from "../colour/palettes";
import { boundsOf, type Bounds } from "./camera";
import { Grid } from "./grid";
import { byValue, shuffled } from "./order";
import { missing } from "./renderer";

export interface Colouring {
  values: Float32Array | null;
  colours: Uint8Array;
  categorical: boolean;
  range: [number, number];
  span: Span | null;
  scale: ScaleName;
  base: Uint32Array;
  /** Colours of the categories as text, for the legend. */
  names: string[];
}

export interface Points {
  column: EmbeddingColumn;
  bounds: Bounds;
  grid: () => Grid;
  base: Uint32Array;
}

export function pointsOf(column: EmbeddingColumn): Points {
  const bounds = boundsOf(column.values, column.dimensions);
  // Room for the numbers and titles of axes.
  if (column.axes) bounds.low = bounds.low.map((v) => v - 0.12) as [number, number];
  let grid: Grid | null = null;
  return { column, bounds, grid: () => (grid ??= new Grid(column.values, column.dimensions, bounds)), base: shuffled(column.n_cells) };
}

export function colouringOf(column: Column | null, base: Uint32Array, options: { dark: boolean; clip: number; byValue: boolean; scale: RisingScale; chosen: Record<string, string> | undefined }): Colouring {
  if (column?.kind === "categorical") {
    const values = new Float32Array(column.n_cells);
    const k = column.categories.length;
    for (let cell = 0; cell < values.length; cell++) values[cell] = column.codes[cell]! < k ? column.codes[cell]! : missing;
    const names = categoryColours(column.categories.map((category) => category.name), options.chosen);
    return { values, colours: toRgba(names), categorical: true, range: [0, 1], span: null, scale: "rising", base, names };
  }
  if (column?.kind === "number") {
    const values = new Float32Array(column.n_cells);
    for (let cell = 0; cell < values.length; cell++) {
      const v = column.values[cell]!;
      values[cell] = v === v ? v : missing;
    }
    const s = span(column, options.clip);
    const name: ScaleName = `${s.centred ? "diverging" : options.scale}${options.dark ? "-dark" : ""}`;
    return { values, colours: scale(name), categorical: false, range: [s.low, s.high], span: s, scale: name, base: options.byValue ? byValue(base, column.values, s.low, s.high, s.centred) : base, names: [] };
  }
  return { values: null, colours: toRgba([options.dark ? "#7fa6c4" : "#4a7fa5"]), categorical: true, range: [0, 1], span: null, scale: "rising", base, names: [] };
}

export const isCategorical = (column: Column | null): column is CategoricalColumn => column?.kind === "categorical";
