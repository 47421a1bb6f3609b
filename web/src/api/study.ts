// The addresses below one study, typed.
import { decodeColumn, type Column } from "./columns";
import { getBytes, getJson, putBytes, sendJson, url } from "./client";
import type { Answer, Captions, CellFacts, GeneHit, Hierarchy, History, Moved, NamedSelection, ServerGeneSet, Summary } from "./types";

const at = (id: string, rest = ""): string => `/studies/${encodeURIComponent(id)}${rest}`;
const name = (text: string): string => encodeURIComponent(text);

export type HistoryMove =
  | { action: "undo" | "redo"; steps?: number }
  | { action: "branch" | "switch"; name: string }
  | { action: "go"; state: string; branch?: string };

export type SelectionRule =
  | { from: "selection" }
  | { field: string; values: string[] }
  | { gene: string; at_least: number; at_most?: number }
  | { combine: "union" | "intersection" | "difference"; of: string[] };

export interface Selected {
  name: string | null;
  n_cells: number;
  state: string;
}

export interface TurnEntry {
  turn: number;
  question: string;
  /** Its text, with marks. */
  answer: string;
  /** The state after it. */
  state: string;
}

const column = async (path: string, query: Record<string, string | undefined> = {}): Promise<Column> =>
  decodeColumn((await getBytes(path, query)).buffer);

export const study = {
  path: at,
  summary: (id: string) => getJson<Summary>(at(id)),
  eventsUrl: (id: string) => url(at(id, "/events")),

  embedding: (id: string, embedding: string, state?: string) => column(at(id, `/embeddings/${name(embedding)}`), { state }),
  field: (id: string, field: string, state?: string) => column(at(id, `/fields/${name(field)}`), { state }),
  gene: (id: string, gene: string, state?: string) => column(at(id, `/genes/${name(gene)}`), { state }),
  textScore: (id: string, text: string, state?: string) => column(at(id, "/scores"), { text, state }),
  geneScore: (id: string, genes: string[], state?: string) => column(at(id, "/scores"), { genes: genes.join(","), state }),

  genes: async (id: string, q: string, signal?: AbortSignal) => (await getJson<{ genes: GeneHit[] }>(at(id, "/genes"), { q, limit: 20 }, signal)).genes,
  geneNames: async (id: string) => (await getJson<{ names: string[] }>(at(id, "/genes"))).names,
  cell: (id: string, cell: number, genes: string[], signal?: AbortSignal) =>
    getJson<CellFacts>(at(id, `/cells/${cell}`), genes.length > 0 ? { genes: genes.join(",") } : {}, signal),

  turns: async (id: string) => (await getJson<{ turns: TurnEntry[] }>(at(id, "/turns"))).turns,
  turn: (id: string, turn: number) => getJson<TurnEntry & { document: Answer | null }>(at(id, `/turns/${turn}`)),
  feedback: (id: string, turn: number, verdict: "helpful" | "wrong", note?: string) =>
    sendJson<void>("POST", at(id, "/feedback"), { turn, verdict, ...(note ? { note } : {}) }),
  cancel: (id: string, job: string) => sendJson<void>("DELETE", at(id, `/jobs/${name(job)}`), undefined),

  history: (id: string) => getJson<History>(at(id, "/history")),
  move: (id: string, move: HistoryMove) => sendJson<Moved>("POST", at(id, "/history"), move),

  selection: async (id: string) => new Uint8Array((await getBytes(at(id, "/selection"))).buffer),
  select: (id: string, bits: Uint8Array, state: string) => putBytes<Selected>(at(id, "/selection"), bits, { state }),
  selectBy: (id: string, rule: SelectionRule) => sendJson<Selected>("PUT", at(id, "/selection"), rule),
  unselect: (id: string) => sendJson<void>("DELETE", at(id, "/selection"), undefined),
  selections: async (id: string) => (await getJson<{ selections: NamedSelection[] }>(at(id, "/selections"))).selections,
  named: async (id: string, selection: string) => new Uint8Array((await getBytes(at(id, `/selections/${name(selection)}`))).buffer),
  keepSelection: (id: string, selection: string, rule: SelectionRule) => sendJson<Selected>("PUT", at(id, `/selections/${name(selection)}`), rule),
  dropSelection: (id: string, selection: string) => sendJson<void>("DELETE", at(id, `/selections/${name(selection)}`), undefined),

  captions: (id: string) => getJson<Captions>(at(id, "/captions")),
  hierarchy: (id: string, field: string) => getJson<Hierarchy>(at(id, `/fields/${name(field)}/hierarchy`)),
  geneSets: async (id: string) => (await getJson<{ sets: ServerGeneSet[] }>(at(id, "/gene-sets"))).sets,
  importGeneSets: (id: string, text: string) => sendJson<{ sets: { name: string; n_genes: number; n_measured: number }[] }>("POST", at(id, "/gene-sets"), { text }),
  dropGeneSet: (id: string, set: string) => sendJson<void>("DELETE", at(id, `/gene-sets/${name(set)}`), undefined),

  keepView: (id: string, view: unknown) => sendJson<{ view: string; url: string }>("POST", at(id, "/views"), { view }),
  view: (id: string, view: string) => getJson<{ view: unknown; state: string }>(at(id, `/views/${name(view)}`)),
};
