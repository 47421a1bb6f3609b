// Which cells are shown: those that pass every filter. A way of looking; nothing is removed from the study ("keep these" does that).
import { useEffect, useState } from "react";
import type { Column } from "../api/columns";
import { app, useApp, type Filter } from "./app";
import { loadColour } from "./columns";
import { report } from "./notice";

export function passing(cells: number, filters: { filter: Filter; column: Column }[]): Uint8Array | null {
  if (filters.length === 0) return null;
  const visible = new Uint8Array(cells).fill(1);
  for (const { filter, column } of filters) {
    if (filter.kind === "values" && column.kind === "categorical") {
      const hidden = new Uint8Array(65536);
      const names = new Set(filter.hidden);
      column.categories.forEach((category, code) => (hidden[code] = names.has(category.name) ? 1 : 0));
      for (let cell = 0; cell < cells; cell++) if (hidden[column.codes[cell]!]) visible[cell] = 0;
    } else if (filter.kind === "range" && column.kind === "number") {
      for (let cell = 0; cell < cells; cell++) {
        const v = column.values[cell]!;
        if (!(v >= filter.low && v <= filter.high)) visible[cell] = 0;
      }
    }
  }
  return visible;
}

/** Cells shown by all filters; `except`: leaving that field's own filter out, for its counts. */
export function useVisible(except?: string): Uint8Array | null {
  const filters = useApp((s) => s.filters), id = useApp((s) => s.studyId), summary = useApp((s) => s.summary);
  const [visible, setVisible] = useState<Uint8Array | null>(null);
  const state = summary?.state, cells = summary?.n_kept ?? 0;
  useEffect(() => {
    const wanted = filters.filter((filter) => filter.field !== except);
    if (!id || !state || wanted.length === 0) return setVisible(null);
    let live = true;
    Promise.all(wanted.map(async (filter) => ({ filter, column: await loadColour(id, state, { kind: "field", name: filter.field })! }))).then(
      (loaded) => live && setVisible(loaded.every(({ column }) => column.n_cells === cells) ? passing(cells, loaded) : null),
      (error: unknown) => live && report(error),
    );
    return () => {
      live = false;
    };
  }, [filters, id, state, cells, except]);
  return visible && visible.length === cells ? visible : null;
}

export function setFilter(filter: Filter): void {
  const idle = filter.kind === "values" && filter.hidden.length === 0;
  app.set((s) => ({ filters: [...s.filters.filter((other) => other.field !== filter.field), ...(idle ? [] : [filter])] }));
}

export const dropFilter = (field: string): void => app.set((s) => ({ filters: s.filters.filter((filter) => filter.field !== field) }));

export function toggleHidden(field: string, value: string): void {
  const now = app.get().filters.find((filter) => filter.field === field);
  const hidden = now?.kind === "values" ? now.hidden : [];
  setFilter({ kind: "values", field, hidden: hidden.includes(value) ? hidden.filter((other) => other !== value) : [...hidden, value] });
}
