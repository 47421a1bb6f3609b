// Binary columns of cells: `CLQC`, uint32 header length, JSON header, arrays (docs/server.md, "Binary columns").
import type { Category } from "./types";

export type NumberArray = Float32Array | Uint8Array | Uint16Array | Uint32Array;

interface Header {
  kind: "embedding" | "categorical" | "number" | "cells";
  name: string;
  title: string;
  state: string;
  n_cells: number;
  arrays: { name: string; type: "f32" | "u8" | "u16" | "u32"; length: number; offset: number }[];
  dimensions?: number;
  low?: number | number[];
  high?: number | number[];
  categories?: Category[];
  missing?: number;
  unit?: string;
  centred?: boolean;
  n_missing?: number;
  n_positive?: number;
  gene?: string;
  reading?: { read_as?: string; genes?: string[] } | string;
}

export interface EmbeddingColumn {
  kind: "embedding";
  name: string;
  title: string;
  state: string;
  n_cells: number;
  dimensions: number;
  /** Interleaved: x0 y0 (z0) x1 y1 (z1) … */
  values: Float32Array;
  low: number[];
  high: number[];
  /** Of a scatter of two numbers: what the places mean. */
  axes?: [Axis, Axis];
}

/** A value v lies at v·scale; zeros are spread over a strip below 0, `strip` wide in places (0: there is none). */
export interface Axis {
  title: string;
  unit: string;
  scale: number;
  high: number;
  strip: number;
}

export interface CategoricalColumn {
  kind: "categorical";
  name: string;
  title: string;
  state: string;
  n_cells: number;
  codes: Uint8Array | Uint16Array;
  categories: Category[];
  missing: number;
}

export interface NumberColumn {
  kind: "number";
  name: string;
  title: string;
  state: string;
  n_cells: number;
  /** NaN is missing. */
  values: Float32Array;
  low: number;
  high: number;
  unit: string;
  centred: boolean;
  n_missing: number;
  reading: string;
  probability: Float32Array | null;
}

export interface CellsColumn {
  kind: "cells";
  name: string;
  state: string;
  n_cells: number;
  values: Uint32Array;
}

export type Column = EmbeddingColumn | CategoricalColumn | NumberColumn | CellsColumn;

export class ColumnError extends Error {}

const sizes = { f32: 4, u8: 1, u16: 2, u32: 4 } as const;

function view(buffer: ArrayBuffer, start: number, entry: Header["arrays"][number]): NumberArray {
  const end = start + entry.offset + entry.length * sizes[entry.type];
  if (end > buffer.byteLength) throw new ColumnError(`array ${entry.name} ends at byte ${end} of ${buffer.byteLength}`);
  const at = start + entry.offset;
  switch (entry.type) {
    case "f32": return new Float32Array(buffer, at, entry.length);
    case "u8": return new Uint8Array(buffer, at, entry.length);
    case "u16": return new Uint16Array(buffer, at, entry.length);
    case "u32": return new Uint32Array(buffer, at, entry.length);
  }
}

/** Numbers sent with ?precision=16: low + code·(high−low)/65534, 65535 is missing; one range a dimension. */
function widen(codes: Uint16Array, low: number[], high: number[]): Float32Array {
  const out = new Float32Array(codes.length);
  const d = low.length;
  for (let k = 0; k < d; k++) {
    const base = low[k]!, step = (high[k]! - base) / 65534;
    for (let i = k; i < codes.length; i += d) {
      const code = codes[i]!;
      out[i] = code === 65535 ? NaN : base + code * step;
    }
  }
  return out;
}

const list = (value: number | number[] | undefined): number[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Throws ColumnError when the bytes are not a column. The arrays are views of `buffer`: nothing is copied unless it is widened. */
export function decodeColumn(buffer: ArrayBuffer): Column {
  const data = new DataView(buffer);
  if (buffer.byteLength < 8 || data.getUint32(0, false) !== 0x434c5143) throw new ColumnError("not a column: the mark CLQC is missing");
  const length = data.getUint32(4, true);
  if (length % 8 !== 0 || 8 + length > buffer.byteLength) throw new ColumnError("the header is cut off");
  let header: Header;
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))) as Header;
  } catch {
    throw new ColumnError("the header is not JSON");
  }
  const arrays = new Map(header.arrays.map((entry) => [entry.name, view(buffer, 8 + length, entry)]));
  const values = arrays.get("values");
  if (!values) throw new ColumnError("there is no array of values");
  const { name, title, state, n_cells } = header;
  const low = list(header.low), high = list(header.high);
  const floats = (array: NumberArray): Float32Array => {
    if (array instanceof Float32Array) return array;
    if (array instanceof Uint16Array) return widen(array, low, high);
    throw new ColumnError("numbers are f32 or u16");
  };
  switch (header.kind) {
    case "embedding": {
      const dimensions = header.dimensions ?? 2;
      if (values.length !== n_cells * dimensions) throw new ColumnError("an embedding has another number of cells than it says");
      return { kind: "embedding", name, title, state, n_cells, dimensions, values: floats(values), low, high };
    }
    case "categorical": {
      if (!(values instanceof Uint8Array || values instanceof Uint16Array)) throw new ColumnError("codes are u8 or u16");
      const missing = header.missing ?? (values instanceof Uint8Array ? 255 : 65535);
      return { kind: "categorical", name, title, state, n_cells, codes: values, categories: header.categories ?? [], missing };
    }
    case "number": {
      const probability = arrays.get("probability");
      return {
        kind: "number", name, title, state, n_cells, values: floats(values), low: low[0] ?? 0, high: high[0] ?? 1,
        unit: header.unit ?? "", centred: header.centred ?? false, n_missing: header.n_missing ?? 0, reading: typeof header.reading === "object" ? (header.reading.read_as || header.reading.genes?.join(", ") || "") : (header.reading ?? ""),
        probability: probability instanceof Float32Array ? probability : null,
      };
    }
    case "cells": {
      if (!(values instanceof Uint32Array)) throw new ColumnError("numbers of cells are u32");
      return { kind: "cells", name, state, n_cells, values };
    }
    default: throw new ColumnError(`unknown kind ${String(header.kind)}`);
  }
}
