// A stand-in for `celloquy serve` with generated cells, for working on the page: node mock/serve.mjs [PORT]
// It speaks docs/server.md as far as the page needs it and computes nothing that is true. MOCK_CELLS=1000000 for a large study.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { composition, markers, tools } from "./answers.mjs";
import { column, expression, genes, make, random, synonyms, types } from "./cells.mjs";

const port = Number(process.argv[2] ?? 8499), dist = new URL("../dist", import.meta.url).pathname;
const whole = make(Number(process.env.MOCK_CELLS ?? 12000));
const donors = ["donor A", "donor B", "donor C", "donor D"];
let serial = 1, jobs = 0, selection = null;
const named = new Map(), turns = [], views = new Map(), listeners = new Set(), cancelled = new Set();
const root = { id: "s0", parent: "", tool: "", arguments: {}, summary: "The data as they were read from the file.", time: new Date(0).toISOString(), kept: null, next: null };
const states = new Map([["s0", root]]);
const branches = new Map([["main", "s0"]]);
let branch = "main";

const here = () => states.get(branches.get(branch));
const kept = () => here().kept ?? (root.kept ??= Uint32Array.from({ length: whole.n }, (_, i) => i));
const pick = (data, d = 1) => {
  const k = kept();
  if (k.length === whole.n) return data;
  const out = new data.constructor(k.length * d);
  k.forEach((cell, i) => { for (let j = 0; j < d; j++) out[i * d + j] = data[cell * d + j]; });
  return out;
};
const tally = (codes, n) => {
  const out = new Array(n).fill(0);
  for (const code of codes) if (code < n) out[code]++;
  return out;
};
const range = (values) => values.reduce(([l, h], v) => [Math.min(l, v), Math.max(h, v)], [Infinity, -Infinity]);
const count = (bits) => bits.reduce((n, byte) => n + (byte.toString(2).match(/1/g)?.length ?? 0), 0);
const bitmap = (inside) => {
  const k = kept(), bits = new Uint8Array((k.length + 7) >> 3);
  k.forEach((cell, i) => { if (inside(cell)) bits[i >> 3] |= 1 << (i & 7); });
  return bits;
};

function fields(zh) {
  const categorical = (name, title, codes, names) => {
    const counts = tally(pick(codes), names.length);
    return { name, title, kind: "categorical", source: "file", ready: true, n_values: names.length, n_missing: kept().length - counts.reduce((a, b) => a + b, 0), categories: names.map((n, i) => ({ name: n, n_cells: counts[i] })) };
  };
  const number = (name, title, values) => ({ name, title, kind: "number", source: "file", ready: true, n_values: kept().length, n_missing: 0, range: range(values) });
  return [categorical("cell_type", zh ? "细胞类型" : "cell type", whole.type, types), categorical("donor", zh ? "供者" : "donor", whole.donor, donors),
    number("n_counts", zh ? "总计数" : "total counts", whole.counts), number("percent_mito", zh ? "线粒体比例" : "mitochondrial share", whole.mito),
    { name: "barcode_note", title: "note", kind: "text", source: "file", ready: true, n_values: whole.n, n_missing: 0 }];
}

function summary(zh) {
  return {
    id: "mock", name: "mock blood", format: "generated", fingerprint: "mock", n_cells: whole.n, n_genes: genes.length, n_nonzeros: whole.n * 7, n_kept: kept().length, state: here().id, session: "default", branch,
    input: { state: "raw_counts", where: "X", organism: "human", gene_ids: "symbols", plain: zh ? "这些细胞是随机生成的,不是数据。" : "These cells are generated; they are no data.", matrices: [{ where: "X", state: "raw counts", evidence: "generated" }], notes: [] },
    embeddings: [{ name: "umap", title: "UMAP", dimensions: 2, source: "file", ready: true }, { name: "pca", title: "PCA", dimensions: 2, source: "file", ready: true }],
    fields: fields(zh), selection: selection ? { n_cells: count(selection) } : null, selections: [...named].map(([name, bits]) => ({ name, n_cells: count(bits) })),
    suggestions: zh ? ["有哪些细胞类型?", "B细胞的标志基因有哪些?", "只保留T细胞"] : ["What cell types are there?", "What are the markers of the B cells?", "Keep only the T cells"],
    can_undo: here().parent !== "", can_redo: here().next !== null,
  };
}

const tell = (event, data) => listeners.forEach((to) => to.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
const json = (response, status, body) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
const fail = (response, status, code, message, remedy = "") => json(response, status, { error: { code, message, remedy } });
const bytes = (response, type, body) => response.writeHead(200, { "Content-Type": type }).end(body);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const bodyOf = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

function keep(cells, tool, said) {
  const before = here(), id = `s${serial++}`;
  states.set(id, { id, parent: before.id, tool, arguments: {}, summary: said, time: new Date().toISOString(), kept: cells, next: null });
  before.next = id;
  branches.set(branch, id);
  selection = null;
  tell("state", { state: id, n_kept: cells.length, tool, summary: said });
}

async function work(response, question, language, client) {
  const id = `job${++jobs}`, zh = language === "zh", before = here().id;
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const say = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  say("job", { job: id, position: 0 });
  const isMarkers = /marker|标志|what are these|这些/i.test(question), isKeep = /keep only|只保留/i.test(question), known = isMarkers || isKeep || /type|类型|count|多少|compare|比较/i.test(question);
  const tool = isKeep ? "subset" : isMarkers ? "markers" : "count_cells";
  if (known) {
    say("reading", { calls: [{ tool, arguments: isMarkers ? { group: "B cell" } : {}, purpose: zh ? "找出一组细胞的标志基因。" : "Find the marker genes of a group of cells." }], confidence: 0.9, alternatives: isMarkers ? [zh ? "哪些细胞表达MS4A1?" : "Which cells express MS4A1?"] : [] });
    say("step", { index: 0, of: 1, tool, purpose: zh ? "找出标志基因" : "Find marker genes", status: "started" });
    for (let i = 0; i <= 6 && !cancelled.has(id); i++) {
      say("progress", { step: tool, title: zh ? "比较基因" : "Comparing genes", fraction: i / 6, remaining_seconds: (6 - i) * 0.12 });
      await sleep(120);
    }
    if (cancelled.has(id)) {
      say("error", { error: { code: "cancelled", message: zh ? "已取消。" : "Cancelled.", remedy: "" } });
      return response.end();
    }
    say("step", { index: 0, of: 1, tool, purpose: zh ? "找出标志基因" : "Find marker genes", status: "done", seconds: 0.84 });
  }
  const counts = tally(pick(whole.type), types.length);
  let made, bits = null;
  if (isKeep) {
    const cells = /selection|选中/.test(question) && selection ? kept().filter((_, i) => selection[i >> 3] & (1 << (i & 7))) : kept().filter((cell) => whole.type[cell] < 2);
    keep(cells, "subset", zh ? `保留了 ${cells.length} 个细胞。` : `Kept ${cells.length.toLocaleString("en-US")} cells.`);
    made = { answer: zh ? `保留了 ${cells.length} 个细胞 [1]。` : `Kept ${cells.length.toLocaleString("en-US")} cells [1].`, evidence: [{ ...composition(tally(pick(whole.type), types.length), language).evidence[0], tool: "subset" }], plots: [] };
  } else if (isMarkers) {
    bits = /B cell|B细胞/.test(question) ? bitmap((cell) => whole.type[cell] === 3) : null;
    made = markers(zh ? "B细胞" : "B cell", 4, language, counts[3]);
  } else if (known) made = composition(counts, language);
  else made = { answer: zh ? "没有听懂。可以这样问:\n1. 有哪些细胞类型?\n2. B细胞的标志基因有哪些?" : "I did not understand that. You could ask:\n1. What cell types are there?\n2. What are the markers of the B cells?", evidence: [], plots: [], asked_back: true };
  const answer = { question, language, ...made, selection: bits ? { cells: count(bits), column: "celloquy_selection", bitmap: Buffer.from(bits).toString("base64") } : null, steps: known ? [{ tool, seconds: 0.84, cached: false }] : [], state: here().id, seconds: 0.9, turn: turns.length };
  if (/^export/i.test(question)) Object.assign(answer, { answer: zh ? "已写好。" : "Written.", asked_back: false, downloads: [{ name: "mock.h5ad", bytes: 1234567, url: "/api/v1/studies/mock/exports/e1/mock.h5ad" }] });
  turns.push({ ...answer, before });
  tell("turn", { turn: answer.turn, question, client });
  say("answer", answer);
  response.end();
}

const geneSets = new Map();
const routes = {
  "GET me": (q, r) => json(r, 200, { user: { name: "me", rights: { "*": "own" } }, version: "mock", language: "en", upload: { allowed: true, most_bytes: 2e10 }, session: "default", local: true }),
  "GET tools": (q, r) => json(r, 200, { tools }),
  "GET studies": (q, r) => json(r, 200, { studies: [{ id: "demo", name: "demo", bytes: 1e7, open: false, rights: "own", uploaded: false, summary: null }, { id: "mock", name: "mock blood", bytes: 52e6, open: true, rights: "own", uploaded: false, summary: { n_cells: whole.n, n_genes: genes.length } }] }),
  "POST studies": async (q, r, body) => json(r, 201, { id: "mock", url: "/api/v1/studies/mock" }),
  "GET study": async (q, r, body, zh) => json(r, 200, summary(zh)),
  "GET events": (q, r) => {
    r.writeHead(200, { "Content-Type": "text/event-stream" });
    r.write(`event: hello\ndata: ${JSON.stringify({ state: here().id, session: "default", clients: listeners.size + 1 })}\n\n`);
    listeners.add(r);
    r.on("close", () => listeners.delete(r));
  },
  "GET embeddings": (q, r, body, zh, name) => {
    const values = pick(whole[name] ?? whole.umap, 2);
    bytes(r, "application/vnd.celloquy.column", column({ kind: "embedding", name, title: name.toUpperCase(), state: here().id, n_cells: kept().length, dimensions: 2 }, [["values", "f32", values]]));
  },
  "GET fields": (q, r, body, zh, name) => {
    const field = fields(zh).find((f) => f.name === name);
    if (!field) return fail(r, 404, "not_found", `There is no field ${name}.`);
    const head = { name, title: field.title, state: here().id, n_cells: kept().length };
    if (field.kind === "categorical") return bytes(r, "application/vnd.celloquy.column", column({ kind: "categorical", ...head, categories: field.categories, missing: 255 }, [["values", "u8", pick(name === "donor" ? whole.donor : whole.type)]]));
    const values = pick(name === "n_counts" ? whole.counts : whole.mito), [low, high] = range(values);
    bytes(r, "application/vnd.celloquy.column", column({ kind: "number", ...head, low, high, unit: "", n_missing: 0, centred: false }, [["values", "f32", values]]));
  },
  "GET genes": (q, r, body, zh, name) => {
    if (!name) {
      if (!q.get("q")) return json(r, 200, { names: genes });
      const word = (q.get("q") ?? "").toUpperCase();
      const hits = [...genes.filter((g) => g.startsWith(word)).map((g) => ({ name: g, matched: g, kind: "symbol" })), ...Object.entries(synonyms).filter(([s]) => s.startsWith(word)).map(([s, g]) => ({ name: g, matched: s, kind: "synonym" }))];
      return json(r, 200, { genes: hits });
    }
    if (!genes.includes(name)) return fail(r, 404, "cannot_answer", `The gene “${name}” was not measured here.`);
    const values = pick(expression(whole, name)), [low, high] = range(values);
    bytes(r, "application/vnd.celloquy.column", column({ kind: "number", name, title: name, gene: name, state: here().id, n_cells: kept().length, low, high, unit: "ln(1+x)", centred: false, n_missing: 0 }, [["values", "f32", values]]));
  },
  "GET scores": (q, r) => {
    const rand = random(3), values = pick(Float32Array.from(whole.type, (t) => (t === 4 ? 0.5 : -0.1) + 0.3 * (rand() - 0.5))), [low, high] = range(values);
    bytes(r, "application/vnd.celloquy.column", column({ kind: "number", name: "score", title: q.get("text") ?? q.get("genes"), reading: "", state: here().id, n_cells: kept().length, low, high, unit: "", centred: true, n_missing: 0 }, [["values", "f32", values]]));
  },
  "GET cells": (q, r, body, zh, n) => {
    const cell = kept()[Number(n)];
    json(r, 200, { cell: Number(n), file_cell: cell, barcode: `AAACCTGAGC-${cell}`, fields: [{ name: "cell_type", title: zh ? "细胞类型" : "cell type", value: types[whole.type[cell]] ?? null }, { name: "donor", title: zh ? "供者" : "donor", value: donors[whole.donor[cell]] }, { name: "n_counts", title: "total counts", value: whole.counts[cell] }], genes: (q.get("genes") ?? "").split(",").filter((g) => genes.includes(g)).map((g) => ({ name: g, value: expression(whole, g)[cell] })) });
  },
  "GET turns": (q, r, body, zh, n) => (n === undefined ? json(r, 200, { turns: turns.map(turnEntry) }) : turns[n] ? json(r, 200, { ...turnEntry(turns[n]), document: turns[n] }) : fail(r, 404, "not_found", "no such turn")),
  "POST ask": (q, r, body) => work(r, body.question, body.lang, body.client),
  "POST tools": (q, r, body, zh, name) => work(r, name === "subset" ? "keep only the selection" : `${name} markers`, body.lang, body.client),
  "POST exports": (q, r, body) => work(r, `export ${body.kind}`, zh_(q), body.client),
  "GET exports": (q, r) => bytes(r, "application/octet-stream", Buffer.from("mock")),
  "DELETE jobs": (q, r, body, zh, id) => (cancelled.add(id), r.writeHead(202).end()),
  "POST feedback": (q, r) => r.writeHead(204).end(),
  "GET history": (q, r) => {
    const path = new Set();
    for (let s = here(); s; s = states.get(s.parent)) path.add(s.id);
    json(r, 200, { state: here().id, branch, branches: [...branches].map(([name, state]) => ({ name, state })), can_undo: here().parent !== "", can_redo: here().next !== null, states: [...states.values()].map(({ kept: _, next: __, ...s }) => ({ ...s, current: s.id === here().id, path: path.has(s.id) })) });
  },
  "POST history": (q, r, body) => {
    const to = body.action === "undo" ? here().parent : body.action === "redo" ? here().next : body.action === "go" ? body.state : null;
    if (body.action === "branch") branches.set((branch = body.name), branches.get([...branches.keys()][0]));
    else if (body.action === "switch") branch = body.name;
    else if (!to || !states.has(to)) return fail(r, 422, "cannot_answer", "There is nothing to undo.");
    else branches.set(branch, to);
    selection = null;
    tell("state", { state: here().id, n_kept: kept().length });
    json(r, 200, { state: here().id, n_kept: kept().length, sentence: `Now here: ${here().summary}`, can_undo: here().parent !== "", can_redo: here().next !== null });
  },
  "GET selection": (q, r) => (selection ? bytes(r, "application/octet-stream", Buffer.from(selection)) : fail(r, 404, "not_found", "nothing is selected")),
  "PUT selection": (q, r, body) => {
    selection = chosen(body);
    tell("selection", { name: null, n_cells: count(selection), client: "?" });
    json(r, 200, { name: null, n_cells: count(selection), state: here().id });
  },
  "DELETE selection": (q, r) => ((selection = null), r.writeHead(204).end()),
  "GET selections": (q, r, body, zh, name) => (name ? bytes(r, "application/octet-stream", Buffer.from(named.get(name))) : json(r, 200, { selections: [...named].map(([n, bits]) => ({ name: n, n_cells: count(bits) })) })),
  "PUT selections": (q, r, body, zh, name) => (named.set(name, chosen(body)), json(r, 200, { name, n_cells: count(named.get(name)), state: here().id })),
  "DELETE selections": (q, r, body, zh, name) => (named.delete(name), r.writeHead(204).end()),
  "GET gene-sets": (q, r) => json(r, 200, { sets: [...geneSets].map(([name, list]) => ({ name, genes: list, missing: list.filter((gene) => !genes.includes(gene)), n_genes: list.length, n_measured: list.filter((gene) => genes.includes(gene)).length })) }),
  "POST gene-sets": (q, r, body) => {
    const made = body.text.split("\n").filter(Boolean).map((line) => line.split("\t"));
    for (const [name, , ...list] of made) geneSets.set(name, list);
    json(r, 201, { sets: made.map(([name, , ...list]) => ({ name, n_genes: list.length, n_measured: list.length })) });
  },
  "DELETE gene-sets": (q, r, body, zh, name) => (geneSets.delete(name), r.writeHead(204).end()),
  "GET captions": (q, r) => json(r, 200, { status: "none", accepted: false, state: here().id }),
  "POST views": (q, r, body) => (views.set(`v${views.size}`, body.view), json(r, 201, { view: `v${views.size - 1}`, url: `/?study=mock&view=v${views.size - 1}` })),
  "GET views": (q, r, body, zh, view) => json(r, 200, { view: views.get(view), state: here().id }),
};
const turnEntry = (t) => ({ turn: t.turn, question: t.question, answer: t.answer, calls: [], state: t.state });
const zh_ = (q) => (q.get("lang") === "zh" ? "zh" : "en");

function chosen(body) {
  if (Buffer.isBuffer(body)) return new Uint8Array(body);
  if (body.from === "selection") return selection;
  if (body.field === "donor") return bitmap((cell) => body.values.includes(donors[whole.donor[cell]]));
  return bitmap((cell) => (body.values ?? []).includes(types[whole.type[cell]]));
}

const kinds = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
createServer(async (request, response) => {
  const at = new URL(request.url, "http://localhost");
  if (!at.pathname.startsWith("/api/v1/")) {
    const file = join(dist, normalize(at.pathname));
    const found = existsSync(file) && statSync(file).isFile() ? file : join(dist, "index.html");
    response.writeHead(200, { "Content-Type": kinds[extname(found)] ?? "application/octet-stream", "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:" });
    return createReadStream(found).pipe(response);
  }
  const [first, id, part, ...rest] = at.pathname.slice(8).split("/").map(decodeURIComponent);
  const name = part ? rest[0] : undefined;
  const key = `${request.method} ${first === "studies" && id ? (part ?? "study") : first}`;
  let body = await bodyOf(request);
  if ((request.headers["content-type"] ?? "").includes("json")) body = body.length ? JSON.parse(body) : {};
  const route = routes[key];
  if (!route) return fail(response, 404, "not_found", `${key}: the mock has no such address`);
  try {
    await route(at.searchParams, response, body, zh_(at.searchParams) === "zh", name);
  } catch (error) {
    console.error(error);
    if (!response.headersSent) fail(response, 500, "internal", String(error));
  }
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/`));
