// The three parts of the page when a study is open: what is known, the cells, the conversation.
import type { CSSProperties } from "react";
import { Chat } from "../chat/Chat";
import { Embedding } from "../embedding/Embedding";
import { across, addPanel, mostPanels, onePanel } from "../embedding/panels";
import { Fields } from "../fields/Fields";
import { Genes } from "../genes/Genes";
import { History } from "../history/History";
import { formatCount, formatSeconds, t, useLanguage } from "../i18n";
import { Selections } from "../selections/Selections";
import { Boundary } from "./Boundary";
import { app, useApp, type Mode, type Tab } from "../state/app";
import { clearSelection } from "../state/selection";
import { Tools } from "../tools/Tools";

const tabs: Tab[] = ["fields", "genes", "selections", "history", "tools"];
const parts = { fields: Fields, genes: Genes, selections: Selections, history: History, tools: Tools };

export function Workbench() {
  useLanguage();
  const tab = useApp((s) => s.tab), panels = useApp((s) => s.panels), narrow = useApp((s) => s.narrow);
  const Part = parts[tab];
  return (
    <main className={`workbench narrow-${narrow}`} id="main">
      <nav className="narrow-tabs" aria-label={t("narrow.parts")}>
        {(["fields", "cells", "talk"] as const).map((part) => <button key={part} type="button" aria-pressed={narrow === part} onClick={() => app.set({ narrow: part })}>{t(`narrow.${part}`)}</button>)}
      </nav>
      <aside className="side" aria-label={t("side.title")}>
        <div className="tabs" role="tablist" aria-label={t("side.title")}>
          {tabs.map((name, i) => (
            <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={tab === name} aria-controls="side-part" tabIndex={tab === name ? 0 : -1} onClick={() => app.set({ tab: name })}
              onKeyDown={(event) => {
                const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? tabs.length - 1 : 0;
                if (!step) return;
                const next = tabs[(i + step) % tabs.length]!;
                app.set({ tab: next });
                document.getElementById(`tab-${next}`)?.focus();
              }}>{t(`tab.${name}`)}</button>
          ))}
        </div>
        <div id="side-part" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}><Boundary key={tab}><Part /></Boundary></div>
      </aside>
      <div className="middle">
        <Bar />
        <div className={panels.length > 2 ? "panels many" : "panels"} style={{ "--across": across(panels.length) } as CSSProperties}>{panels.map((_, i) => <Boundary key={i}><Embedding index={i} /></Boundary>)}</div>
        <p id="embedding-keys" className="visually-hidden">{t("embedding.keys")}</p>
      </div>
      <Boundary><Chat /></Boundary>
    </main>
  );
}

function Bar() {
  const linked = useApp((s) => s.linked), mode = useApp((s) => s.mode), dense = useApp((s) => s.density), labels = useApp((s) => s.labels), n = useApp((s) => s.nSelected), panels = useApp((s) => s.panels), computing = useApp((s) => s.computing);
  const modes: [Mode, string, string][] = [["pan", "M8 1v14M1 8h14M8 1 6 3M8 1l2 2M8 15l-2-2M8 15l2-2M1 8l2-2M1 8l2 2M15 8l-2-2M15 8l-2 2", "V"], ["lasso", "M5 11C2 10 1 8 2 5s6-4 9-3 4 4 2 6-5 3-8 3c0 1 1 2 0 4", "L"], ["rectangle", "M2 3h12v10H2z", "R"]];
  return (
    <div className="bar" role="toolbar" aria-label={t("bar.title")}>
      <span className="group-of" role="group" aria-label={t("bar.mode")}>
        {modes.map(([name, path, key]) => <button key={name} type="button" aria-pressed={mode === name} title={`${t(`mode.${name}`)} (${key})`} onClick={() => app.set({ mode: name })}><svg className="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg>{t(`mode.${name}`)}</button>)}
      </span>
      <button type="button" aria-pressed={labels} onClick={() => app.set({ labels: !labels })}>{t("bar.labels")}</button>
      <button type="button" aria-pressed={dense} onClick={() => app.set({ density: !dense })}>{t("bar.density")}</button>
      <button type="button" disabled={panels.length >= mostPanels} onClick={addPanel}>{t("bar.split")}</button>
      {panels.length > 1 && <button type="button" onClick={onePanel}>{t("bar.one")}</button>}
      {panels.length > 1 && <button type="button" aria-pressed={linked} title={t("bar.linked.what")} onClick={() => app.set({ linked: !linked })}>{t("bar.linked")}</button>}
      <span className="grow" />
      {computing && <span className="n" role="status">{computing.title}{computing.remaining_seconds ? ` · ${t("remaining", { time: formatSeconds(computing.remaining_seconds) })}` : ""}</span>}
      <span className="n" role="status">{n > 0 ? t("selection.count", { n: formatCount(n) }) : ""}</span>
      {n > 0 && <button type="button" onClick={() => void clearSelection()}>{t("selection.clear")}</button>}
    </div>
  );
}
