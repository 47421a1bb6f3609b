// Generated cells with islands: as many as MOCK_CELLS says. Seeded: the same every time.
export function random(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const types = ["CD4 T cell", "CD8 T cell", "natural killer cell", "B cell", "plasma cell", "classical monocyte", "non-classical monocyte", "conventional dendritic cell",
  "plasmacytoid dendritic cell", "platelet", "hematopoietic stem and progenitor cell", "mucosal-associated invariant T cell"];
export const genes = ["CD3E", "CD4", "CD8A", "GNLY", "MS4A1", "CD79A", "XBP1", "LYZ", "FCGR3A", "CST3", "IL3RA", "PPBP", "CD34", "NKG7", "ACTB"];
export const synonyms = { CD20: "MS4A1", CD16: "FCGR3A", "T4": "CD4" };

export function make(n) {
  const r = random(7);
  const normal = () => Math.sqrt(-2 * Math.log(r() + 1e-12)) * Math.cos(2 * Math.PI * r());
  const centres = types.map((_, k) => [9 * Math.cos(k * 2.4) * Math.sqrt((k + 1) / types.length), 7 * Math.sin(k * 2.4) * Math.sqrt((k + 1) / types.length)]);
  const weights = types.map((_, k) => 1 / (k + 1.5)), total = weights.reduce((a, b) => a + b);
  const umap = new Float32Array(2 * n), pca = new Float32Array(2 * n), type = new Uint8Array(n), donor = new Uint8Array(n), counts = new Float32Array(n), mito = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let u = r() * total, k = 0;
    while (u > weights[k] && k < types.length - 1) u -= weights[k++];
    const a = normal(), b = normal(), bend = 0.25 * (a * a - 1);
    umap[2 * i] = centres[k][0] + 0.9 * a;
    umap[2 * i + 1] = centres[k][1] + 0.6 * b + bend;
    pca[2 * i] = k + normal();
    pca[2 * i + 1] = (k % 4) * 2 + normal();
    type[i] = r() < 0.01 ? 255 : k;
    donor[i] = Math.floor(r() * 4);
    counts[i] = Math.exp(8 + 0.5 * normal());
    mito[i] = Math.max(0, 4 + 2 * normal());
  }
  return { n, umap, pca, type, donor, counts, mito };
}

/** Expression of a gene: its own type, and a little elsewhere. */
export function expression(cells, gene) {
  const g = genes.indexOf(gene), r = random(100 + g), out = new Float32Array(cells.n);
  for (let i = 0; i < cells.n; i++) {
    const own = cells.type[i] === g % types.length || gene === "ACTB";
    out[i] = r() < (own ? 0.85 : 0.06) ? Math.max(0.1, (own ? 2.4 : 0.8) + 0.8 * (r() + r() - 1)) : 0;
  }
  return out;
}

export function column(header, arrays) {
  let offset = 0;
  const parts = [];
  header.arrays = arrays.map(([name, type, data]) => {
    const entry = { name, type, length: data.length, offset };
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const padded = Math.ceil(bytes.length / 8) * 8;
    parts.push(bytes, Buffer.alloc(padded - bytes.length));
    offset += padded;
    return entry;
  });
  let text = Buffer.from(JSON.stringify(header));
  text = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, 32)]);
  const head = Buffer.alloc(8);
  head.write("CLQC");
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, text, ...parts]);
}
