// Genes and gene sets that are pasted: a plain list joins the chosen genes, sets with names are kept beside them.
import { useState } from "react";
import { t } from "../i18n";
import { app } from "../state/app";
import { withStudy } from "../state/notice";
import { formatCount } from "../i18n";
import { colourBy } from "./colour_by";
import { parseSets, type GeneSet } from "./parse_sets";
import { resolve } from "./resolve";

export function GeneSets() {
  const [text, setText] = useState(""), [sets, setSets] = useState<GeneSet[]>([]), [said, setSaid] = useState<string[]>([]);
  const take = (): Promise<void> => withStudy(async (id) => {
    const { sets: found, unknown } = await resolve(id, parseSets(text));
    const plain = found.filter((set) => !set.name).flatMap((set) => set.genes), named = found.filter((set) => set.name);
    if (plain.length > 0) app.set((s) => ({ genes: [...new Set([...s.genes, ...plain])] }));
    setSets((before) => [...before.filter((set) => !named.some((other) => other.name === set.name)), ...named]);
    const n = new Set(found.flatMap((set) => set.genes)).size;
    setSaid([t("genes.paste.taken", { n: formatCount(n) }), ...(unknown.length > 0 ? [t("genes.paste.unknown", { names: unknown.slice(0, 12).join(", ") + (unknown.length > 12 ? " …" : "") })] : [])]);
    setText("");
  });
  return (
    <form className="text-score" onSubmit={(event) => { event.preventDefault(); void take(); }}>
      <label htmlFor="gene-paste">{t("genes.paste")}</label>
      <textarea id="gene-paste" rows={2} value={text} aria-describedby="gene-paste-how" onChange={(event) => setText(event.target.value)} />
      <p id="gene-paste-how" className="n">{t("genes.paste.how")}</p>
      <button type="submit" disabled={!text.trim()}>{t("genes.paste.take")}</button>
      {said.length > 0 && <p className="n" role="status">{said.join(" ")}</p>}
      {sets.length > 0 && (
        <ul className="chosen" aria-label={t("genes.paste.sets")}>
          {sets.map((set) => (
            <li key={set.name}>
              <button type="button" title={set.genes.join(", ")} aria-label={t("genes.paste.mean", { name: set.name, n: set.genes.length })} onClick={() => colourBy({ kind: "genes", names: set.genes })}>{set.name}</button>
              <span className="n">{formatCount(set.genes.length)}</span>
              <button type="button" className="quiet" aria-label={t("genes.remove", { name: set.name })} onClick={() => setSets(sets.filter((other) => other !== set))}>×</button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
