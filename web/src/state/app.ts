// What the page shows. Everything that others must see too (cells, selections, conversation, history) is a copy of the server's state;
// only the way of looking (colours, hidden groups, camera, panels) is this page's own, and `views` on the server keep that.
import type { Answer, ApiErrorBody, Field, History, Language, Me, NamedSelection, Progress, Reading, ServerGeneSet, Step, StudyEntry, Summary, Tool } from "../api/types";
import type { RisingScale } from "../colour/palettes";
import { createStore, useStore } from "./store";

export type Colour =
  | { kind: "none" }
  | { kind: "field"; name: string }
  | { kind: "gene"; name: string }
  | { kind: "genes"; names: string[] }
  | { kind: "text"; text: string };

/** One picture. With `axes` it is a scatter of two numbers of each cell instead of an embedding. */
export interface Panel {
  embedding: string;
  colour: Colour;
  axes?: Axes | undefined;
  /** Limits of both axes, in values; one is proposed where there is none yet. */
  gate?: [number, number] | undefined;
}
export type Axes = [Colour, Colour];

/** Shown are the cells that pass every filter. */
export type Filter = { kind: "values"; field: string; hidden: string[] } | { kind: "range"; field: string; low: number; high: number };

export interface Turn {
  key: string;
  turn: number | null;
  question: string;
  /** A click on something other than the box: shown as an action, not as a sentence of the user. */
  action: boolean;
  status: "waiting" | "running" | "done" | "failed" | "stub";
  job: string | null;
  position: number;
  reading: Reading | null;
  steps: Step[];
  progress: Progress | null;
  answer: Answer | null;
  error: ApiErrorBody | null;
  /** State of the study before it: where editing the question starts from. */
  before: string;
  verdict: "helpful" | "wrong" | null;
}

export type Tab = "fields" | "genes" | "selections" | "history" | "tools";
export type Mode = "pan" | "lasso" | "rectangle";
export type Theme = "light" | "dark" | "system";
export interface Notice {
  kind: "error" | "note";
  text: string;
  remedy?: string;
}

export interface AppState {
  language: Language;
  theme: Theme;
  me: Me | null;
  studies: StudyEntry[] | null;
  studyId: string | null;
  summary: Summary | null;
  opening: Progress | null;
  computing: Progress | null;
  connected: boolean;
  locked: boolean;
  notice: Notice | null;
  tools: Tool[];
  tab: Tab;
  narrow: "cells" | "talk" | "fields";
  panels: Panel[];
  active: number;
  density: boolean;
  labels: boolean;
  byValue: boolean;
  /** Pictures of one embedding move together. */
  linked: boolean;
  clip: number;
  /** Colours of numbers; like `palettes`, the person's. */
  scale: RisingScale;
  mode: Mode;
  filters: Filter[];
  palettes: Record<string, Record<string, string>>;
  selection: Uint8Array | null;
  nSelected: number;
  selections: NamedSelection[];
  turns: Turn[];
  history: History | null;
  genes: string[];
  geneSets: ServerGeneSet[];
  draft: string;
  dialog: null | { kind: "evidence"; turn: string; id: number; number?: string } | { kind: "plot"; turn: string; index: number } | { kind: "export" } | { kind: "help" } | { kind: "input" };
}

export const app = createStore<AppState>({
  language: "en", theme: "system", me: null, studies: null, studyId: null, summary: null, opening: null, computing: null, connected: true, locked: false,
  notice: null, tools: [], tab: "fields", narrow: "cells", panels: [{ embedding: "", colour: { kind: "none" } }], active: 0, density: false, labels: true,
  byValue: true, linked: true, clip: 0, scale: "rising", mode: "pan", filters: [], palettes: {}, selection: null, nSelected: 0, selections: [], turns: [], history: null, genes: [], geneSets: [], draft: "",
  dialog: null,
});

export const useApp = <U>(pick: (state: AppState) => U): U => useStore(app, pick);

const none: Field[] = [];
export const useFields = (): Field[] => useApp((s) => s.summary?.fields ?? none);
export const activeColour = (state: AppState): Colour => state.panels[state.active]?.colour ?? { kind: "none" };

export const colourKey = (colour: Colour): string =>
  colour.kind === "none" ? "" : colour.kind === "text" ? `text:${colour.text}` : colour.kind === "genes" ? `genes:${colour.names.join(",")}` : `${colour.kind}:${colour.name}`;

/** Panels of one key show the cells at the same places. */
export const layoutKey = (panel: Panel): string => (panel.axes ? `axes:${panel.axes.map(colourKey).join("|")}` : `embedding:${panel.embedding}`);

/** Two fields of one title, one of the file and one found by celloquy, are told apart by their names. */
export function fieldTitle(field: Field): string {
  const twins = (app.get().summary?.fields ?? none).filter((other) => other.title === field.title).length > 1;
  return twins ? `${field.title} (${field.name})` : field.title;
}
