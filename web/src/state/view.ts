// The way of looking: what the address line says, and links that restore it.
import { session } from "../api/client";
import { study } from "../api/study";
import { risingScales } from "../colour/palettes";
import { app, type AppState } from "./app";
import { t } from "../i18n";
import { report, say } from "./notice";

export function readAddress(): { study: string | null; view?: string } {
  const query = new URLSearchParams(location.search);
  const view = query.get("view");
  return { study: query.get("study"), ...(view ? { view } : {}) };
}

export function writeAddress(): void {
  const query = new URLSearchParams();
  const id = app.get().studyId;
  if (id) query.set("study", id);
  if (session() !== "default") query.set("session", session());
  const text = query.toString();
  history.replaceState(null, "", text ? `/?${text}` : "/");
}

type View = Pick<AppState, "panels" | "active" | "density" | "labels" | "byValue" | "linked" | "clip" | "scale" | "filters" | "palettes" | "tab"> & { version: 1 };

const present = (s: AppState): View => ({
  version: 1, panels: s.panels, active: s.active, density: s.density, labels: s.labels, byValue: s.byValue, linked: s.linked, clip: s.clip, scale: s.scale, filters: s.filters, palettes: s.palettes, tab: s.tab,
});

/** Keeps the view on the server; the link as an address that can be sent to others. */
export async function shareView(): Promise<string | null> {
  const s = app.get();
  if (!s.studyId) return null;
  try {
    const { url } = await study.keepView(s.studyId, present(s));
    return new URL(url, location.href).href;
  } catch (error) {
    report(error);
    return null;
  }
}

export async function applyView(id: string, view: string): Promise<void> {
  const { view: found, state } = await study.view(id, view);
  const kept = found as Partial<View>;
  if (kept.version !== 1) return;
  // Going there would move everybody in this conversation: that is for the reader to decide.
  if (state && state !== app.get().summary?.state) say(t("share.other_state"));
  const { version: _, ...rest } = kept;
  app.set(rest);
}

/** Colours that were chosen by hand, language and theme belong to the person, not to the study. */
const place = "celloquy";

export function restorePreferences(): void {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<AppState>;
    const { language, theme, palettes, scale } = kept;
    app.set({ ...(language ? { language } : { language: navigator.language.startsWith("zh") ? "zh" : "en" }), ...(theme ? { theme } : {}), ...(palettes ? { palettes } : {}), ...(scale && risingScales.includes(scale) ? { scale } : {}) });
  } catch {
    // Storage is forbidden or broken: the defaults hold.
  }
}

export function keepPreferences(): void {
  const { language, theme, palettes, scale } = app.get();
  try {
    localStorage.setItem(place, JSON.stringify({ language, theme, palettes, scale }));
  } catch {
    // As above.
  }
}
