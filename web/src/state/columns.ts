// Columns in use, each asked for once a state. Old states are dropped as soon as the study moves on.
import { useEffect, useState } from "react";
import type { Column, EmbeddingColumn } from "../api/columns";
import { study } from "../api/study";
import { scatter } from "../embedding/scatter";
import { app, colourKey, layoutKey, useApp, type Axes, type Colour, type Panel } from "./app";
import { report } from "./notice";
import { refreshSummary } from "./study";

const kept = new Map<string, Promise<Column>>();
let keptState = "";

function keep(id: string, state: string, key: string, ask: () => Promise<Column>): Promise<Column> {
  const now = `${id}/${state}`;
  if (now !== keptState) {
    kept.clear();
    keptState = now;
  }
  let column = kept.get(key);
  if (!column) {
    column = ask();
    kept.set(key, column);
    column.catch(() => kept.delete(key)); // asked again next time
  }
  return column;
}

export function loadEmbedding(id: string, state: string, name: string): Promise<Column> {
  return keep(id, state, `embedding:${name}`, () => study.embedding(id, name, state));
}

export function loadColour(id: string, state: string, colour: Colour): Promise<Column> | null {
  const ask = (): Promise<Column> => {
    switch (colour.kind) {
      case "field": return study.field(id, colour.name, state);
      case "gene": return study.gene(id, colour.name, state);
      case "genes": return study.geneScore(id, colour.names, state);
      case "text": return study.textScore(id, colour.text, state);
      case "none": throw new Error("no column");
    }
  };
  return colour.kind === "none" ? null : keep(id, state, colourKey(colour), ask);
}

/** A column that had to be computed is ready now, and so may others be that came with it. */
function settled(key: string): void {
  const { summary, computing } = app.get();
  if (computing) app.set({ computing: null });
  const waited = summary?.embeddings.some((e) => !e.ready && key === `embedding:${e.name}`) || summary?.fields.some((f) => !f.ready && key === `field:${f.name}`);
  if (waited) void refreshSummary();
}

export interface Loaded<T> {
  column: T | null;
  loading: boolean;
}

/** The column of the present state; while a new one is on its way the one before is given on, unless its cells are others. */
function useLoaded(ask: ((id: string, state: string) => Promise<Column> | null) | null, key: string): Loaded<Column> {
  const id = useApp((s) => s.studyId), state = useApp((s) => s.summary?.state), cells = useApp((s) => s.summary?.n_kept);
  const [held, setHeld] = useState<{ key: string; column: Column | null }>({ key: "", column: null });
  const wanted = `${id}/${state}/${key}`;
  useEffect(() => {
    if (!id || !state || !ask) return;
    let live = true;
    const column = ask(id, state);
    if (!column) return setHeld({ key: wanted, column: null });
    column.then(
      (loaded) => {
        if (!live) return;
        setHeld({ key: wanted, column: loaded });
        settled(key);
      },
      (error: unknown) => {
        if (!live) return;
        setHeld({ key: wanted, column: null });
        if (app.get().summary?.state === state) report(error);
      },
    );
    return () => {
      live = false;
    };
    // `wanted` stands for `ask`
  }, [wanted]); // eslint-disable-line
  const column = held.column && held.column.n_cells === cells ? held.column : null;
  return { column, loading: held.key !== wanted };
}

async function loadScatter(id: string, state: string, axes: Axes): Promise<Column> {
  const [x, y] = await Promise.all(axes.map((axis) => loadColour(id, state, axis)!));
  return scatter(x!, y!);
}

/** Where the cells of a panel lie. */
export function useLayout(panel: Panel): Loaded<EmbeddingColumn> {
  const { embedding: name, axes } = panel;
  const loaded = useLoaded(
    axes ? (id, state) => keep(id, state, layoutKey(panel), () => loadScatter(id, state, axes)) : name ? (id, state) => loadEmbedding(id, state, name) : null,
    layoutKey(panel),
  );
  return { ...loaded, column: loaded.column?.kind === "embedding" ? loaded.column : null };
}
export const useColour = (colour: Colour): Loaded<Column> => useLoaded((id, state) => loadColour(id, state, colour), colourKey(colour));
