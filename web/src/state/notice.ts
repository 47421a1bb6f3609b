// One line at the bottom: what went wrong and what to do.
import { ApiError } from "../api/client";
import { t } from "../i18n";
import { app } from "./app";

export function report(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (error instanceof ApiError) {
    if (error.status === 401) return app.set({ locked: true });
    if (error.status === 0) return app.set({ notice: { kind: "error", text: t("error.unreachable"), remedy: t("error.unreachable.remedy") } });
    return app.set({ notice: { kind: "error", text: error.message || t("error.unknown"), remedy: error.remedy } });
  }
  console.error(error);
  app.set({ notice: { kind: "error", text: t("error.unknown"), remedy: error instanceof Error ? error.message : "" } });
}

export const say = (text: string): void => app.set({ notice: { kind: "note", text } });

/** Something done with the open study, if there is one; what goes wrong is said. */
export async function withStudy(work: (id: string) => Promise<void> | void): Promise<void> {
  const id = app.get().studyId;
  if (!id) return;
  try {
    await work(id);
  } catch (error) {
    report(error);
  }
}
