// What the server returns (docs/server.md). Names as on the wire.

export type Language = "en" | "zh";

export interface ApiErrorBody {
  code: string;
  message: string;
  remedy: string;
}

export interface Me {
  user: { name: string; rights: Record<string, string> };
  version: string;
  language: Language;
  upload: { allowed: boolean; most_bytes: number };
  session: string;
  local: boolean;
}

export interface StudyEntry {
  id: string;
  name: string;
  bytes: number;
  open: boolean;
  rights: string;
  uploaded: boolean;
  summary: null | { n_cells: number; n_genes: number };
}

export interface Category {
  name: string;
  n_cells: number;
  ontology_id?: string | null;
}

export interface Field {
  name: string;
  title: string;
  kind: "categorical" | "number" | "text";
  source: "file" | "celloquy" | "user";
  /** A column of the file whose groups were given other names. */
  edited?: boolean;
  ready: boolean;
  /** Of a field that is ready. */
  n_values?: number | null;
  n_missing?: number | null;
  categories?: Category[];
  range?: [number, number];
}

export interface EmbeddingEntry {
  name: string;
  title: string;
  dimensions: number;
  source: "file" | "celloquy";
  ready: boolean;
}

export interface Summary {
  id: string;
  name: string;
  format: string;
  n_cells: number;
  n_genes: number;
  n_nonzeros: number;
  n_kept: number;
  state: string;
  session: string;
  branch: string;
  input: {
    state: string;
    where: string;
    organism: string;
    plain: string;
    matrices?: { where: string; state: string; evidence: string }[];
    notes: string[];
  };
  embeddings: EmbeddingEntry[];
  fields: Field[];
  selection: null | { n_cells: number };
  selections: NamedSelection[];
  suggestions: string[];
  can_undo: boolean;
  can_redo: boolean;
}

export interface NamedSelection {
  name: string;
  n_cells: number;
}

export interface GeneHit {
  name: string;
  matched: string;
  kind: "symbol" | "synonym" | "ensembl";
  ensembl?: string;
}

export interface CellFacts {
  cell: number;
  file_cell: number;
  barcode: string;
  fields: { name: string; title: string; value: string | number | null }[];
  genes?: { name: string; value: number }[];
}

export type Text = Record<Language, string>;

export interface ToolArgument {
  name: string;
  type: string;
  required: boolean;
  choices?: string[];
  unit?: string;
  purpose: Text;
}

export interface Tool {
  name: string;
  purpose: Text;
  example?: Text;
  changes_state: boolean;
  arguments: ToolArgument[];
}

export type Value = string | number | boolean | null;

export interface Table {
  id: string;
  title: string;
  columns: { id: string; title: string; unit: string }[];
  rows: Value[][];
}

export interface Evidence {
  id: number;
  tool: string;
  arguments: Record<string, unknown>;
  value?: Value;
  unit?: string;
  values?: Record<string, { value: Value; unit: string }>;
  table?: Table;
  tables?: Table[];
  selection?: { cells: number; column: string } | null;
  caveats: string[];
  method: string;
  references?: string[];
  code: { scanpy: string; seurat: string };
  seconds?: number;
  cached?: boolean;
}

export interface Plot {
  title: string;
  spec: Record<string, unknown>;
}

export interface Download {
  name: string;
  bytes: number;
  url: string;
}

export interface Answer {
  question: string;
  language: Language;
  answer: string;
  asked_back?: boolean;
  evidence: Evidence[];
  plots: Plot[];
  selection: null | { cells: number; column: string; bitmap?: string };
  steps: { tool: string; seconds: number; cached: boolean }[];
  state: string;
  seconds: number;
  /** What the picture should be coloured by now; null: as it is. */
  view?: null | { colour: { field?: string; gene?: string; text?: string } };
  turn?: number;
  downloads?: Download[];
}

export interface Reading {
  calls: { tool: string; arguments: Record<string, unknown>; purpose: string }[];
  confidence: number;
  alternatives: string[];
}

export interface Step {
  index: number;
  of: number;
  tool: string;
  purpose: string;
  status: "started" | "done";
  seconds?: number;
  cached?: boolean;
}

export interface Progress {
  step: string;
  title: string;
  fraction: number | null;
  remaining_seconds: number | null;
  job?: string | null;
}

export interface HistoryState {
  id: string;
  parent: string;
  tool: string;
  arguments: Record<string, unknown>;
  summary: string;
  time: string | number;
  current: boolean;
  path: boolean;
  n_kept?: number | null;
  /** Against the state before it. */
  changed?: { cells: boolean; clusters: boolean; captions: boolean; fields: string[] };
}

export interface History {
  state: string;
  branch: string;
  branches: { name: string; state: string }[];
  can_undo: boolean;
  can_redo: boolean;
  states: HistoryState[];
}

export interface Moved {
  state: string;
  n_kept: number;
  sentence: string;
  can_undo: boolean;
  can_redo: boolean;
}

/** A name that the joint space suggests for a cluster, with what speaks for it. */
export interface Caption {
  cluster: string;
  n_cells: number;
  name: string;
  ontology_id: string;
  /** Mean over its cells. */
  probability: number;
  second: string;
  second_probability: number;
  genes: string[];
  state: { name: string; confidence: number } | null;
}

export interface Captions {
  status: "none" | "working" | "ready" | "failed";
  accepted: boolean;
  captions?: Caption[];
}

/** Terms of the Cell Ontology above the groups of a field: a term may have several parents. */
export interface Hierarchy {
  categories: Category[];
  terms: { id: string; name: string; n_cells: number; n_cells_below: number; parents: string[] }[];
}

export interface ServerGeneSet {
  name: string;
  genes: string[];
  missing: string[];
}
