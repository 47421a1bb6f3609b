// Above a panel: which embedding, coloured by what.
import { t, useLanguage } from "../i18n";
import { app, fieldTitle, useApp, type Panel } from "../state/app";
import { colourName } from "./Embedding";

export function setPanel(index: number, change: Partial<Panel>): void {
  app.set((s) => ({ panels: s.panels.map((panel, i) => (i === index ? { ...panel, ...change } : panel)) }));
}

export function PanelHead({ index }: { index: number }) {
  useLanguage();
  const panel = useApp((s) => s.panels[index]!), several = useApp((s) => s.panels.length > 1);
  const summary = useApp((s) => s.summary);
  if (!summary) return null;
  const fields = summary.fields.filter((field) => field.kind !== "text");
  return (
    <header className="panel-head">
      <select aria-label={t("panel.embedding")} value={panel.axes ? " " : panel.embedding} onChange={(event) => setPanel(index, { embedding: event.target.value, axes: undefined, gate: undefined })}>
        {panel.axes && <option value=" ">{panel.axes.map(colourName).join(" · ")}</option>}
        {summary.embeddings.map((e) => <option key={e.name} value={e.name}>{e.title}{e.ready ? "" : ` (${t("panel.not_ready")})`}</option>)}
        {!panel.axes && !summary.embeddings.some((e) => e.name === panel.embedding) && <option value={panel.embedding}>{panel.embedding}</option>}
      </select>
      <div className="coloured">
        <span aria-hidden="true">{t("panel.coloured_by")}</span>
        <select aria-label={t("panel.coloured_by")} value={panel.colour.kind === "field" ? panel.colour.name : panel.colour.kind === "none" ? "" : " "} onChange={(event) => setPanel(index, { colour: event.target.value ? { kind: "field", name: event.target.value } : { kind: "none" } })}>
          <option value="">{t("colour.none")}</option>
          {panel.colour.kind !== "field" && panel.colour.kind !== "none" && <option value=" ">{colourName(panel.colour)}</option>}
          {fields.map((field) => <option key={field.name} value={field.name}>{fieldTitle(field)}{field.ready ? "" : ` (${t("panel.not_ready")})`}</option>)}
        </select>
      </div>
      {several && (
        <button type="button" className="close" aria-label={t("panel.close")} title={t("panel.close")} onClick={() => app.set((s) => ({ panels: s.panels.filter((_, i) => i !== index), active: 0 }))}>×</button>
      )}
    </header>
  );
}
