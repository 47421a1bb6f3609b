// The genes that were chosen, and what can be drawn of them: side by side, one against another, by group.
import { useState } from "react";
import { against, mostPanels, multiples } from "../embedding/panels";
import { saveText } from "../files/save";
import { t } from "../i18n";
import { activeColour, app, fieldTitle, useApp, useFields, type Colour } from "../state/app";
import { ask, callTool } from "../state/turns";
import { colourBy, colourByGene } from "./colour_by";

const save = (kind: "gmt" | "csv", genes: string[]): void =>
  kind === "gmt" ? saveText("genes.gmt", `genes\t\t${genes.join("\t")}\n`, "text/plain") : saveText("genes.csv", `gene\n${genes.join("\n")}\n`, "text/csv");

export function ChosenGenes() {
  const genes = useApp((s) => s.genes), coloured = useApp((s) => { const c = activeColour(s); return c.kind === "gene" ? c.name : ""; });
  if (genes.length === 0) return <p className="empty">{t("genes.hint")}</p>;
  return (
    <>
      <ul className="chosen">
        {genes.map((gene) => (
          <li key={gene}>
            <button type="button" className="gene" aria-pressed={gene === coloured} onClick={() => colourByGene(gene)}>{gene}</button>
            <button type="button" className="quiet" onClick={() => void ask(t("ask.gene", { gene }))}>{t("genes.ask")}</button>
            <button type="button" className="quiet" aria-label={t("genes.remove", { name: gene })} onClick={() => app.set((s) => ({ genes: s.genes.filter((other) => other !== gene) }))}>×</button>
          </li>
        ))}
      </ul>
      <p className="tools-line">
        {genes.length > 1 && <button type="button" onClick={() => multiples(genes.slice(0, mostPanels).map((name) => ({ kind: "gene", name })))}>{t("genes.multiples")}</button>}
        {genes.length > 1 && <button type="button" onClick={() => colourBy({ kind: "genes", names: genes })}>{t("genes.mean")}</button>}
        <button type="button" className="quiet" onClick={() => save("gmt", genes)}>GMT</button>
        <button type="button" className="quiet" onClick={() => save("csv", genes)}>CSV</button>
        {genes.length > 3 && <button type="button" className="quiet" onClick={() => app.set({ genes: [] })}>{t("genes.clear")}</button>}
      </p>
      <Figures genes={genes} />
      <Against genes={genes} />
    </>
  );
}

const figures = ["dots", "heat_map", "violins"] as const;

/** Drawn by the tool: the answer stands in the conversation, with its numbers. */
function Figures({ genes }: { genes: string[] }) {
  const fields = useFields().filter((field) => field.kind === "categorical"), [by, setBy] = useState("");
  const draws = useApp((s) => s.tools.find((tool) => tool.name === "gene_expression")?.arguments.find((argument) => argument.name === "figure")?.choices);
  const list = genes.join(", ");
  const call = (figure?: string, words = ""): void => void callTool("gene_expression", { genes, ...(by ? { by } : {}), ...(figure ? { figure } : {}) }, `${words}: ${list}`);
  return (
    <>
      <h3>{t("genes.figures")}</h3>
      <p className="tools-line">
        <select aria-label={t("genes.by")} value={by} onChange={(event) => setBy(event.target.value)}>
          <option value="">{t("genes.by")} …</option>
          {fields.map((field) => <option key={field.name} value={field.name}>{fieldTitle(field)}</option>)}
        </select>
        {figures.filter((figure) => draws?.includes(figure)).map((figure) => <button key={figure} type="button" onClick={() => call(figure, t(`genes.figure.${figure}`))}>{t(`genes.figure.${figure}`)}</button>)}
        {!draws?.length && <button type="button" onClick={() => call(undefined, t("genes.by_group"))}>{t("genes.by_group")}</button>}
      </p>
    </>
  );
}

/** A scatter of two genes, or of a gene and a number of each cell, with a gate. */
function Against({ genes }: { genes: string[] }) {
  const numbers = useFields().filter((field) => field.kind === "number");
  const options: [string, string, Colour][] = [
    ...genes.map((name): [string, string, Colour] => [`gene:${name}`, name, { kind: "gene", name }]),
    ...numbers.map((field): [string, string, Colour] => [`field:${field.name}`, fieldTitle(field), { kind: "field", name: field.name }]),
  ];
  const [x, setX] = useState(""), [y, setY] = useState("");
  if (options.length < 2) return null;
  const of = (key: string, or: number): [string, string, Colour] => options.find((option) => option[0] === key) ?? options[or]!;
  const first = of(x, 0), second = of(y, 1);
  return (
    <form onSubmit={(event) => { event.preventDefault(); against(first[2], second[2]); }}>
      <h3>{t("genes.against")}</h3>
      <p className="tools-line">
        {([[first, setX, "genes.x"], [second, setY, "genes.y"]] as const).map(([chosen, set, label]) => (
          <select key={label} aria-label={t(label)} value={chosen[0]} onChange={(event) => set(event.target.value)}>
            {options.map(([key, title]) => <option key={key} value={key}>{title}</option>)}
          </select>
        ))}
        <button type="submit" disabled={first[0] === second[0]}>{t("genes.draw")}</button>
      </p>
    </form>
  );
}
