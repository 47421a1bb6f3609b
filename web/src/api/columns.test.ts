import { describe, expect, it } from "vitest";
import { ColumnError, decodeColumn } from "./columns";

/** Bytes as docs/server.md describes them, written independently of the decoder. */
function bytes(header: object, body: Uint8Array): ArrayBuffer {
  let text = JSON.stringify(header);
  while (new TextEncoder().encode(text).length % 8 !== 0) text += " ";
  const encoded = new TextEncoder().encode(text);
  const out = new Uint8Array(8 + encoded.length + body.length);
  out.set([0x43, 0x4c, 0x51, 0x43]);
  new DataView(out.buffer).setUint32(4, encoded.length, true);
  out.set(encoded, 8);
  out.set(body, 8 + encoded.length);
  return out.buffer;
}

const raw = (array: Float32Array | Uint16Array | Uint8Array): Uint8Array => new Uint8Array(array.buffer.slice(0));

describe("decodeColumn", () => {
  it("reads an embedding", () => {
    const column = decodeColumn(bytes({ kind: "embedding", name: "umap", title: "UMAP", state: "s", n_cells: 2, dimensions: 2, arrays: [{ name: "values", type: "f32", length: 4, offset: 0 }] }, raw(new Float32Array([1, 2, 3, -4.5]))));
    expect(column.kind === "embedding" && [...column.values]).toEqual([1, 2, 3, -4.5]);
  });

  it("reads codes whose names are Chinese: the header's length is in bytes", () => {
    const column = decodeColumn(bytes({ kind: "categorical", name: "t", title: "细胞类型", state: "s", n_cells: 3, categories: [{ name: "B细胞", n_cells: 2 }], missing: 255, arrays: [{ name: "values", type: "u8", length: 3, offset: 0 }] }, new Uint8Array([0, 255, 0, 0, 0, 0, 0, 0])));
    expect(column.kind === "categorical" && [[...column.codes], column.categories[0]!.name]).toEqual([[0, 255, 0], "B细胞"]);
  });

  it("widens 16 bit numbers, a range for each dimension, 65535 as missing", () => {
    const column = decodeColumn(bytes({ kind: "embedding", name: "u", title: "U", state: "s", n_cells: 2, dimensions: 2, low: [0, -10], high: [1, 10], arrays: [{ name: "values", type: "u16", length: 4, offset: 0 }] }, raw(new Uint16Array([65534, 0, 32767, 65535]))));
    const values = column.kind === "embedding" ? [...column.values] : [];
    expect(values[0]).toBeCloseTo(1, 6);
    expect(values[1]).toBeCloseTo(-10, 6);
    expect(values[2]).toBeCloseTo(0.5, 6);
    expect(values[3]).toBeNaN();
  });

  it("keeps NaN as missing and reads the second array of a score", () => {
    const body = new Uint8Array(16);
    body.set(raw(new Float32Array([0.5, NaN])), 0);
    body.set(raw(new Float32Array([0.9, 0.1])), 8);
    const column = decodeColumn(bytes({ kind: "number", name: "s", title: "s", state: "s", n_cells: 2, low: 0.5, high: 0.5, centred: true, arrays: [{ name: "values", type: "f32", length: 2, offset: 0 }, { name: "probability", type: "f32", length: 2, offset: 8 }] }, body));
    expect(column.kind === "number" && [column.values[0], column.values[1], column.centred]).toEqual([0.5, NaN, true]);
    expect(column.kind === "number" && column.probability![0]).toBeCloseTo(0.9, 6);
  });

  it.each([
    ["nothing", new ArrayBuffer(0)],
    ["another mark", new TextEncoder().encode("HTML....").buffer],
    ["a header that is cut off", bytes({ kind: "number" }, new Uint8Array(0)).slice(0, 16)],
    ["an array beyond the end", bytes({ kind: "number", n_cells: 9, arrays: [{ name: "values", type: "f32", length: 9, offset: 0 }] }, new Uint8Array(8))],
    ["no values", bytes({ kind: "number", n_cells: 0, arrays: [] }, new Uint8Array(0))],
    ["another number of cells", bytes({ kind: "embedding", n_cells: 9, dimensions: 2, arrays: [{ name: "values", type: "f32", length: 2, offset: 0 }] }, new Uint8Array(8))],
  ])("refuses %s", (_, buffer) => {
    expect(() => decodeColumn(buffer)).toThrow(ColumnError);
  });
});
