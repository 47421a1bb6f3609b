// The selection is the server's: each change is sent, and the bitmap that comes back is what is drawn.
import { combine, count, type Combination } from "../api/bitmap";
import { ApiError } from "../api/client";
import { study, type SelectionRule } from "../api/study";
import { app } from "./app";
import { report, withStudy } from "./notice";

let latest = 0;

/** The server's selection; the summary says whether there is one. */
export async function restoreSelection(there = app.get().summary?.selection != null): Promise<void> {
  const { studyId, summary } = app.get();
  if (!studyId || !summary) return;
  if (!there) return show(null);
  const mine = ++latest;
  try {
    const bits = await study.selection(studyId);
    if (mine === latest) show(bits);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) show(null);
    else report(error);
  }
}

function show(bits: Uint8Array | null): void {
  const cells = app.get().summary?.n_kept ?? 0;
  const n = bits && bits.length === (cells + 7) >> 3 ? count(bits) : 0;
  app.set({ selection: n > 0 ? bits : null, nSelected: n });
}

/** A shape drawn on the embedding. It is drawn at once and corrected by the server's word. */
export async function selectShape(shape: Uint8Array, how: Combination): Promise<void> {
  const { studyId, summary, selection } = app.get();
  if (!studyId || !summary) return;
  const bits = combine(selection, shape, how);
  if (count(bits) === 0) return clearSelection();
  show(bits);
  const mine = ++latest;
  try {
    const selected = await study.select(studyId, bits, summary.state);
    if (mine === latest) app.set({ nSelected: selected.n_cells });
  } catch (error) {
    report(error);
    void restoreSelection(true);
  }
}

export const selectBy = (rule: SelectionRule): Promise<void> => withStudy(async (id) => {
  const { n_cells } = await study.selectBy(id, rule);
  await restoreSelection(n_cells > 0);
});

export async function clearSelection(): Promise<void> {
  const id = app.get().studyId;
  if (!id) return;
  latest++;
  app.set({ selection: null, nSelected: 0 });
  try {
    await study.unselect(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) report(error);
  }
}

async function refreshNamed(id: string): Promise<void> {
  app.set({ selections: await study.selections(id) });
}

export const keepSelection = (name: string): Promise<void> => withStudy(async (id) => {
  await study.keepSelection(id, name, { from: "selection" });
  await refreshNamed(id);
});

export const recallSelection = (name: string, how: Combination = "replace"): Promise<void> => withStudy(async (id) => {
  await selectShape(await study.named(id, name), how);
});

export const dropSelection = (name: string): Promise<void> => withStudy(async (id) => {
  await study.dropSelection(id, name);
  await refreshNamed(id);
});
