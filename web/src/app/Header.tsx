// One line: what is open, where one is in its history, what can be taken away, and how the page looks.
import { formatCount, t, useLanguage } from "../i18n";
import { app, useApp, type Theme } from "../state/app";
import { closeStudy, followAgain, move, refreshStudies } from "../state/study";
import { keepPreferences } from "../state/view";
import { setAddress } from "../api/client";
import { refreshSummary } from "../state/study";
import type { Language } from "../api/types";

export function setLanguage(language: Language): void {
  app.set({ language });
  setAddress({ language });
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  keepPreferences();
  followAgain();
  void refreshSummary(); // titles and suggestions come in the language asked for
}

export function Header() {
  const language = useLanguage();
  const summary = useApp((s) => s.summary), theme = useApp((s) => s.theme), connected = useApp((s) => s.connected), studyId = useApp((s) => s.studyId);
  const back = (): void => {
    closeStudy();
    void refreshStudies();
  };
  const nextTheme: Record<Theme, Theme> = { system: "dark", dark: "light", light: "system" };
  return (
    <header className="top">
      <a className="skip" href="#main">{t("skip")}</a>
      <button type="button" className="brand" onClick={back} title={t("studies")} aria-label={`celloquy · ${t("studies")}`}>celloquy</button>
      {summary && (
        <>
          <button type="button" className="study-name" title={t("input.title")} onClick={() => app.set({ dialog: { kind: "input" } })}>{summary.name}</button>
          <span className="n kept">{summary.n_kept < summary.n_cells ? t("cells.kept", { n: formatCount(summary.n_kept), all: formatCount(summary.n_cells) }) : t("cells", { n: formatCount(summary.n_cells) })}</span>
          <span className="group-of">
            <button type="button" disabled={!summary.can_undo} title={`${t("undo")} (Ctrl+Z)`} aria-label={t("undo")} onClick={() => void move({ action: "undo" })}>↶</button>
            <button type="button" disabled={!summary.can_redo} title={`${t("redo")} (Ctrl+Shift+Z)`} aria-label={t("redo")} onClick={() => void move({ action: "redo" })}>↷</button>
          </span>
        </>
      )}
      {studyId && !connected && <span className="offline" role="status">{t("offline")}</span>}
      <span className="grow" />
      {summary && <button type="button" onClick={() => app.set({ dialog: { kind: "export" } })}>{t("export.title")}</button>}
      <button type="button" onClick={() => app.set({ dialog: { kind: "help" } })} aria-label={t("help.title")} title={`${t("help.title")} (?)`}>?</button>
      <button type="button" aria-label={t("theme", { theme: t(`theme.${theme}`) })} title={t("theme", { theme: t(`theme.${theme}`) })} onClick={() => { app.set({ theme: nextTheme[theme] }); keepPreferences(); }}>{theme === "system" ? "◐" : theme === "dark" ? "●" : "○"}</button>
      <button type="button" lang={language === "en" ? "zh" : "en"} onClick={() => setLanguage(language === "en" ? "zh" : "en")}>{language === "en" ? "中文" : "English"}</button>
    </header>
  );
}
