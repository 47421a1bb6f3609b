// Opening a study and following it: the summary, the stream of events, moves in the history.
import { client, getJson } from "../api/client";
import { study, type HistoryMove } from "../api/study";
import type { Me, Progress, StudyEntry, Summary, Tool } from "../api/types";
import { app, type Panel } from "./app";
import { report, say, withStudy } from "./notice";
import { restoreSelection } from "./selection";
import { loadTurns } from "./turns";
import { readAddress, writeAddress, applyView } from "./view";

let events: EventSource | null = null;

export async function start(): Promise<void> {
  try {
    app.set({ me: await getJson<Me>("/me"), locked: false });
    const [{ studies }, { tools }] = await Promise.all([getJson<{ studies: StudyEntry[] }>("/studies"), getJson<{ tools: Tool[] }>("/tools")]);
    app.set({ studies, tools });
    const wanted = readAddress();
    if (wanted.study) await openStudy(wanted.study, wanted.view);
    else if (studies.length === 1 && studies[0]!.id !== "demo") await openStudy(studies[0]!.id);
  } catch (error) {
    report(error);
  }
}

function firstPanel(summary: Summary): Panel {
  // What people want to see first: names given to the cells, then clusters, then whatever the file says.
  const categorical = summary.fields.filter((field) => field.kind === "categorical" && field.ready && (field.n_values ?? 0) > 1 && field.n_values! <= 200);
  const liking = (name: string): number => {
    const order = [/^label$/, /cell.?type|celltype|annotation|cell_ontology/i, /^cluster|leiden|louvain/i];
    const at = order.findIndex((pattern) => pattern.test(name));
    return at < 0 ? order.length : at;
  };
  const best = [...categorical].sort((a, b) => liking(a.name) - liking(b.name))[0];
  const embedding = summary.embeddings.find((e) => e.ready) ?? summary.embeddings[0];
  return { embedding: embedding?.name ?? "umap", colour: best ? { kind: "field", name: best.name } : { kind: "none" } };
}

export async function openStudy(id: string, view?: string): Promise<void> {
  closeStudy();
  app.set({ studyId: id, opening: { step: "open", title: "", fraction: null, remaining_seconds: null } });
  follow(id);
  try {
    const summary = await study.summary(id);
    if (app.get().studyId !== id) return;
    app.set({ summary, opening: null, panels: [firstPanel(summary)], active: 0, selections: summary.selections });
    writeAddress();
    if (view) await applyView(id, view);
    await Promise.all([summary.selection ? restoreSelection() : null, loadTurns(), refreshHistory()]);
  } catch (error) {
    app.set({ opening: null, studyId: null });
    events?.close();
    report(error);
  }
}

export function closeStudy(): void {
  events?.close();
  events = null;
  app.set({
    studyId: null, summary: null, opening: null, computing: null, turns: [], history: null, selection: null, nSelected: 0, selections: [], filters: [], genes: [], dialog: null,
    draft: "",
  });
  writeAddress();
}

/** Back at the list: what was opened or uploaded meanwhile stands in it. */
export async function refreshStudies(): Promise<void> {
  try {
    app.set({ studies: (await getJson<{ studies: StudyEntry[] }>("/studies")).studies });
  } catch (error) {
    report(error);
  }
}

export async function refreshSummary(): Promise<void> {
  const { studyId, summary: before } = app.get();
  if (!studyId) return;
  try {
    const summary = await study.summary(studyId);
    if (app.get().studyId !== studyId) return;
    const names = new Map(summary.fields.map((field) => [field.name, field]));
    app.set((s) => ({
      summary,
      selections: summary.selections,
      // A field that the new state no longer has can neither colour nor hide.
      filters: s.filters.filter((filter) => names.has(filter.field)),
      panels: s.panels.map((panel) => (panel.colour.kind === "field" && !names.has(panel.colour.name) ? { ...panel, colour: firstPanel(summary).colour } : panel)),
    }));
    if (!before || before.n_kept !== summary.n_kept || before.state !== summary.state || (before.selection?.n_cells ?? 0) !== (summary.selection?.n_cells ?? 0)) await Promise.all([restoreSelection(), refreshHistory()]);
  } catch (error) {
    report(error);
  }
}

export const refreshHistory = (): Promise<void> => withStudy(async (id) => app.set({ history: await study.history(id) }));

export const move = (step: HistoryMove): Promise<void> => withStudy(async (id) => {
  const moved = await study.move(id, step);
  say(moved.sentence);
  await refreshSummary();
  await refreshHistory();
});

const parse = <T>(event: Event): T => JSON.parse((event as MessageEvent<string>).data) as T;

let fading = 0;

/** A column that is being computed; the line goes away when nothing more is said of it. */
function tellComputing(progress: Progress): void {
  clearTimeout(fading);
  fading = window.setTimeout(() => app.set({ computing: null }), 2500);
  app.set({ computing: progress.fraction !== null && progress.fraction >= 1 ? null : progress });
}

/** In another language, its titles of progress come in that language. */
export function followAgain(): void {
  const id = app.get().studyId;
  if (!id) return;
  events?.close();
  follow(id);
}

function follow(id: string): void {
  const source = new EventSource(study.eventsUrl(id));
  events = source;
  source.onopen = () => app.set({ connected: true });
  source.onerror = () => app.set({ connected: source.readyState === EventSource.OPEN });
  source.addEventListener("hello", (event) => {
    const state = parse<{ state?: string }>(event).state;
    app.set({ connected: true });
    // After a broken line something may have been missed.
    const summary = app.get().summary;
    if (summary && state && state !== summary.state) void refreshSummary();
  });
  source.addEventListener("progress", (event) => {
    const progress = parse<Progress>(event);
    if (app.get().opening) app.set({ opening: progress });
    else if (!progress.job) tellComputing(progress);
    else app.set((s) => ({ turns: s.turns.map((turn) => (turn.job === progress.job && turn.status === "running" ? { ...turn, progress } : turn)) }));
  });
  source.addEventListener("state", (event) => {
    if (parse<{ state: string }>(event).state !== app.get().summary?.state) void refreshSummary();
  });
  source.addEventListener("selection", (event) => {
    const data = parse<{ name: string | null; client?: string; n_cells: number }>(event);
    if (data.client === client) return;
    if (data.name === null) void restoreSelection(data.n_cells > 0);
    else void refreshSummary();
  });
  source.addEventListener("turn", (event) => {
    if (parse<{ client?: string }>(event).client !== client) void loadTurns();
  });
}
