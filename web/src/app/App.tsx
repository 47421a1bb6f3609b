import { useEffect } from "react";
import { EvidenceDialog } from "../chat/EvidenceDialog";
import { ExportDialog } from "../files/ExportDialog";
import { InputCheck } from "../files/InputCheck";
import { Opening, Welcome } from "../files/Welcome";
import { t, useLanguage } from "../i18n";
import { PlotDialog } from "../plots/Plot";
import { app, useApp } from "../state/app";
import { Header } from "./Header";
import { Help } from "./Help";
import { listenForKeys } from "./keyboard";
import { Login } from "./Login";
import { useTheme } from "./theme";
import { Workbench } from "./Workbench";

export function App() {
  useLanguage();
  useTheme();
  const locked = useApp((s) => s.locked), summary = useApp((s) => s.summary), studyId = useApp((s) => s.studyId);
  useEffect(listenForKeys, []);
  useEffect(() => {
    document.title = summary ? `${summary.name} · celloquy` : "celloquy";
  }, [summary?.name]);
  return (
    <div className="app">
      <Header />
      {locked ? <Login /> : summary ? <Workbench /> : studyId ? <Opening /> : <Welcome />}
      <Dialogs />
      <Notice />
    </div>
  );
}

function Dialogs() {
  const dialog = useApp((s) => s.dialog);
  switch (dialog?.kind) {
    case "evidence": return <EvidenceDialog key={`${dialog.turn}-${dialog.id}`} turn={dialog.turn} id={dialog.id} {...(dialog.number ? { number: dialog.number } : {})} />;
    case "plot": return <PlotDialog key={`${dialog.turn}-${dialog.index}`} turn={dialog.turn} index={dialog.index} />;
    case "export": return <ExportDialog />;
    case "help": return <Help />;
    case "input": return <InputCheck />;
    default: return null;
  }
}

function Notice() {
  const notice = useApp((s) => s.notice);
  useEffect(() => {
    if (notice?.kind !== "note") return;
    const away = setTimeout(() => app.set({ notice: null }), 6000);
    return () => clearTimeout(away);
  }, [notice]);
  return (
    <div className="notices" aria-live="polite">
      {notice && (
        <div className={`notice ${notice.kind}`} role={notice.kind === "error" ? "alert" : undefined}>
          <p>{notice.text}{notice.remedy ? <> <span className="remedy">{notice.remedy}</span></> : null}</p>
          <button type="button" className="close" aria-label={t("close")} onClick={() => app.set({ notice: null })}>×</button>
        </div>
      )}
    </div>
  );
}
