// The conversation: sending a sentence or a tool call, and what its stream of events makes of the turn.
import { ApiError, client, postForEvents } from "../api/client";
import type { ServerEvent } from "../api/sse";
import { study } from "../api/study";
import type { Answer, ApiErrorBody, Progress, Reading, Step } from "../api/types";
import { fromBase64 } from "../api/bitmap";
import { t } from "../i18n";
import { app, type Turn } from "./app";
import { recolour } from "./follow";
import { report, withStudy } from "./notice";
import { selectShape } from "./selection";
import { refreshSummary } from "./study";

let made = 0;

const blank = (question: string, action: boolean): Turn => ({
  key: `mine-${++made}`, turn: null, question, action, status: "waiting", job: null, position: 0, reading: null, steps: [], progress: null, answer: null, error: null,
  before: app.get().summary?.state ?? "", verdict: null,
});

/** What one event makes of a turn. Unknown events change nothing: the server may learn new ones. */
export function advance(turn: Turn, event: ServerEvent): Turn {
  const data: unknown = JSON.parse(event.data);
  switch (event.event) {
    case "job": {
      const { job, position } = data as { job: string; position: number };
      return { ...turn, job, position, status: position > 0 ? "waiting" : "running" };
    }
    case "reading": return { ...turn, status: "running", position: 0, reading: data as Reading };
    case "step": {
      const step = data as Step;
      const steps = turn.steps.filter((known) => known.index !== step.index);
      return { ...turn, status: "running", position: 0, steps: [...steps, step].sort((a, b) => a.index - b.index), progress: step.status === "done" ? null : turn.progress };
    }
    case "progress": return { ...turn, status: "running", position: 0, progress: data as Progress };
    case "answer": {
      const answer = data as Answer;
      return { ...turn, status: "done", progress: null, answer, turn: answer.turn ?? turn.turn };
    }
    case "error": return { ...turn, status: "failed", progress: null, error: (data as { error: ApiErrorBody }).error };
    default: return turn;
  }
}

const change = (key: string, with_: (turn: Turn) => Turn): void =>
  app.set((s) => ({ turns: s.turns.map((turn) => (turn.key === key ? with_(turn) : turn)) }));

async function run(turn: Turn, path: string, body: object): Promise<Answer | null> {
  const { studyId, language } = app.get();
  if (!studyId) return null;
  app.set((s) => ({ turns: [...s.turns, turn] }));
  let answer: Answer | null = null;
  try {
    await postForEvents(study.path(studyId, path), { ...body, lang: language, client }, (event) => {
      change(turn.key, (now) => advance(now, event));
      if (event.event === "answer") answer = JSON.parse(event.data) as Answer;
    });
    change(turn.key, (now) => (now.status === "done" || now.status === "failed" ? now : { ...now, status: "failed", error: { code: "internal", message: t("error.stream"), remedy: t("error.stream.remedy") } }));
  } catch (error) {
    if (!(error instanceof ApiError)) report(error);
    const said = error instanceof ApiError && error.message ? error : { code: "unreachable", message: t("error.unreachable"), remedy: t("error.unreachable.remedy") };
    change(turn.key, (now) => ({ ...now, status: "failed", error: { code: said.code, message: said.message, remedy: said.remedy } }));
  }
  if (answer) await follow(answer);
  return answer;
}

/** The embedding shows what the answer is about. */
async function follow(answer: Answer): Promise<void> {
  const fieldsBefore = app.get().summary?.fields ?? [];
  await refreshSummary(); // new fields, names, suggestions; another state
  recolour(answer, fieldsBefore);
  const bitmap = answer.selection?.bitmap;
  const cells = app.get().summary?.n_kept ?? 0;
  if (bitmap && answer.selection!.cells > 0 && answer.selection!.cells < cells) {
    const bits = fromBase64(bitmap);
    if (bits.length === (cells + 7) >> 3) await selectShape(bits, "replace");
  }
}

export const ask = (question: string): Promise<Answer | null> => run(blank(question, false), "/ask", { question });

/** `words`: what the click means, for the conversation. */
export const callTool = (tool: string, args: Record<string, unknown>, words: string): Promise<Answer | null> =>
  run(blank(words, true), `/tools/${encodeURIComponent(tool)}`, { arguments: args });

export const exportAs = (kind: string, words: string): Promise<Answer | null> => run(blank(words, true), "/exports", { kind });

export const cancel = (turn: Turn): Promise<void> => withStudy(async (id) => {
  if (turn.job) await study.cancel(id, turn.job);
});

/** Turns of the session that this page does not hold yet; their answers come when they are looked at. */
export const loadTurns = (): Promise<void> => withStudy(async (id) => {
  const entries = await study.turns(id);
  const known = new Set(app.get().turns.map((turn) => turn.turn));
  const before = new Map(entries.map((entry, i) => [entry.turn, entries[i - 1]?.state ?? ""]));
  const fresh = entries.filter((entry) => !known.has(entry.turn))
    .map((entry): Turn => ({ ...blank(entry.question, false), key: `turn-${entry.turn}`, turn: entry.turn, status: "stub", before: before.get(entry.turn) ?? "" }));
  if (fresh.length > 0) app.set((s) => ({ turns: [...s.turns, ...fresh].sort((a, b) => (a.turn ?? Infinity) - (b.turn ?? Infinity)) }));
});

export async function fetchTurn(turn: Turn): Promise<void> {
  const id = app.get().studyId;
  if (!id || turn.turn === null) return;
  try {
    const kept = await study.turn(id, turn.turn);
    // Turns of the command line kept their text only.
    const answer: Answer = kept.document ?? {
      question: kept.question, language: app.get().language, answer: kept.answer.replace(/ ?\[\d+\]/g, ""), evidence: [], plots: [], selection: null, steps: [], state: kept.state, seconds: NaN,
    };
    change(turn.key, (now) => ({ ...now, answer, status: "done", question: answer.question || now.question }));
  } catch (error) {
    const said = error instanceof ApiError ? error : null;
    change(turn.key, (now) => ({ ...now, status: "failed", error: { code: said?.code ?? "internal", message: said?.message ?? t("error.unknown"), remedy: said?.remedy ?? "" } }));
  }
}

export async function judge(turn: Turn, verdict: "helpful" | "wrong", note?: string): Promise<void> {
  const id = app.get().studyId;
  if (!id || turn.turn === null) return;
  change(turn.key, (now) => ({ ...now, verdict }));
  try {
    await study.feedback(id, turn.turn, verdict, note);
  } catch (error) {
    change(turn.key, (now) => ({ ...now, verdict: null }));
    report(error);
  }
}
