// A text alternative for a figure, made from its specification: what it is called, what its axes are, how much it shows, and its range.
import type { Value } from "../api/types";

type Json = Record<string, unknown>;
export type Row = Record<string, Value>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Every view of a specification, outer ones first. */
function* views(spec: Json): Generator<Json> {
  yield spec;
  for (const part of ["layer", "hconcat", "vconcat", "concat"]) {
    const list = spec[part];
    if (Array.isArray(list)) for (const view of list) if (isObject(view)) yield* views(view);
  }
}

export function rowsOf(spec: Json): Row[] {
  let best: Row[] = [];
  for (const view of views(spec)) {
    const values = isObject(view.data) ? view.data.values : undefined;
    if (Array.isArray(values) && values.length > best.length) best = values as Row[];
  }
  return best;
}

export function titleOf(spec: Json, or: string): string {
  const title = spec.title;
  if (typeof title === "string") return title;
  if (isObject(title)) return [title.text, title.subtitle].flat().filter((part) => typeof part === "string").join(". ") || or;
  return or;
}

export interface Axis {
  channel: string;
  field: string;
  title: string;
  /** Of the data, when the field is a number. */
  range: [number, number] | null;
  /** Otherwise. */
  names: string[];
}

export function axesOf(spec: Json): Axis[] {
  const rows = rowsOf(spec);
  const found = new Map<string, Axis>();
  for (const view of views(spec)) {
    if (!isObject(view.encoding)) continue;
    for (const channel of ["x", "y", "color", "size"]) {
      const code = view.encoding[channel];
      if (!isObject(code) || typeof code.field !== "string" || found.has(channel)) continue;
      const field = code.field;
      const holder = isObject(code.axis) ? code.axis : isObject(code.legend) ? code.legend : code;
      const title = typeof holder.title === "string" && holder.title ? holder.title : typeof code.title === "string" ? code.title : field;
      const values = rows.map((row) => row[field]).filter((value) => value !== undefined && value !== null);
      if (values.length === 0) continue;
      const numbers = values.filter((value): value is number => typeof value === "number");
      const range: [number, number] | null = code.type === "quantitative" && numbers.length > 0 ? numbers.reduce<[number, number]>(([l, h], v) => [Math.min(l, v), Math.max(h, v)], [Infinity, -Infinity]) : null;
      found.set(channel, { channel, field, title, range, names: range ? [] : [...new Set(values.map(String))] });
    }
  }
  return [...found.values()];
}
