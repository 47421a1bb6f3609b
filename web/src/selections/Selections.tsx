// The present selection and those that were given a name. All of them are the server's; questions may use their names.
import { useState } from "react";
import { count } from "../api/bitmap";
import { Compare } from "./Compare";
import { NameCells } from "./NameCells";
import { insideAll } from "./whole";
import { formatCount, t, useLanguage } from "../i18n";
import { app, useApp } from "../state/app";
import { clearSelection, dropSelection, keepSelection, recallSelection, selectShape } from "../state/selection";
import { callTool } from "../state/turns";
import { useVisible } from "../state/visible";

export function Selections() {
  useLanguage();
  const n = useApp((s) => s.nSelected), cells = useApp((s) => s.summary?.n_kept ?? 0), named = useApp((s) => s.selections), bits = useApp((s) => s.selection);
  const visible = useVisible();
  const [name, setName] = useState("");
  const whole = (): Uint8Array => insideAll(cells, visible);
  const invert = (): void => {
    const all = whole();
    const rest = all.map((byte, i) => byte & ~(bits?.[i] ?? 0));
    if (count(rest) > 0) void selectShape(rest, "replace");
  };
  const hasSubset = useApp((s) => s.tools.some((tool) => tool.name === "subset"));
  const canName = useApp((s) => s.tools.some((tool) => tool.name === "name_cells"));
  const hereAndNamed = [...(n > 0 ? [t("ask.selection")] : []), ...named.map((selection) => selection.name)];
  return (
    <div className="side-body">
      <h3>{t("selection.present")}</h3>
      <p>{n > 0 ? t("selection.count", { n: formatCount(n) }) : t("selection.none")}</p>
      <p className="tools-line">
        <button type="button" onClick={() => void selectShape(whole(), "replace")}>{t(visible ? "selection.shown" : "selection.all")}</button>
        <button type="button" onClick={invert}>{t("selection.invert")}</button>
        <button type="button" disabled={n === 0} onClick={() => void clearSelection()}>{t("selection.clear")}</button>
      </p>
      {hasSubset && n > 0 && (
        <p className="tools-line">
          <button type="button" onClick={() => void callTool("subset", { groups: ["selection"] }, t("selection.keep"))}>{t("selection.keep")}</button>
        </p>
      )}
      <form className="tools-line" onSubmit={(event) => { event.preventDefault(); if (name.trim()) void keepSelection(name.trim()).then(() => setName("")); }}>
        <input value={name} placeholder={t("selection.name")} aria-label={t("selection.name")} onChange={(event) => setName(event.target.value)} />
        <button type="submit" disabled={n === 0 || !name.trim()}>{t("selection.save")}</button>
      </form>
      <h3>{t("selection.named")}</h3>
      {named.length === 0 && <p className="empty">{t("selection.named.none")}</p>}
      <ul className="chosen">
        {named.map((selection) => (
          <li key={selection.name}>
            <button type="button" onClick={() => void recallSelection(selection.name)}>{selection.name}</button>
            <span className="n">{formatCount(selection.n_cells)}</span>
            <button type="button" className="quiet" aria-label={t("selection.add", { name: selection.name })} title={t("selection.add", { name: selection.name })} onClick={() => void recallSelection(selection.name, "add")}>+</button>
            <button type="button" className="quiet" aria-label={t("selection.subtract", { name: selection.name })} title={t("selection.subtract", { name: selection.name })} onClick={() => void recallSelection(selection.name, "subtract")}>−</button>
            <button type="button" className="quiet" aria-label={t("selection.drop", { name: selection.name })} title={t("selection.drop", { name: selection.name })} onClick={() => void dropSelection(selection.name)}>×</button>
          </li>
        ))}
      </ul>
      {canName && n > 0 && <NameCells />}
      <Compare options={hereAndNamed} />
      <p className="empty">{t("selection.help")}</p>
      <p><button type="button" className="quiet" onClick={() => app.set({ mode: "lasso" })}>{t("mode.lasso")}</button></p>
    </div>
  );
}
