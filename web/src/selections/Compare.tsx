// Two groups of cells against each other: the present selection is kept as A or as B, or two that have names are chosen.
import { useState } from "react";
import { t } from "../i18n";
import { useApp } from "../state/app";
import { keepSelection } from "../state/selection";
import { ask, callTool } from "../state/turns";

const slots = ["A", "B"] as const;

/** `options`: what can be compared, in words; the first may be the present selection. */
export function Compare({ options }: { options: string[] }) {
  const n = useApp((s) => s.nSelected), hasTool = useApp((s) => s.tools.some((tool) => tool.name === "compare_groups"));
  const [a, setA] = useState(""), [b, setB] = useState("");
  const first = options.includes(a) ? a : options.includes("A") ? "A" : "", second = options.includes(b) ? b : options.includes("B") ? "B" : "";
  const keep = async (slot: (typeof slots)[number]): Promise<void> => {
    await keepSelection(slot);
    (slot === "A" ? setA : setB)(slot);
  };
  const compare = (): void => {
    const words = t("ask.compare", { a: first, b: second }), here = t("ask.selection");
    const group = (name: string): string => (name === here ? "selection" : name);
    void (hasTool ? callTool("compare_groups", { first: group(first), second: group(second) }, words) : ask(words));
  };
  return (
    <form className="compare" onSubmit={(event) => { event.preventDefault(); if (first && second && first !== second) compare(); }}>
      <h3>{t("selection.compare")}</h3>
      <p className="tools-line">
        {slots.map((slot) => <button key={slot} type="button" disabled={n === 0} onClick={() => void keep(slot)}>{t("selection.slot", { name: slot })}</button>)}
      </p>
      {options.length > 1 && (
        <p className="tools-line">
          {([[first, setA, "selection.first"], [second, setB, "selection.second"]] as const).map(([value, set, label]) => (
            <select key={label} aria-label={t(label)} value={value} onChange={(event) => set(event.target.value)}>
              <option value="">{t(label)}</option>
              {options.map((option) => <option key={option}>{option}</option>)}
            </select>
          ))}
          <button type="submit" disabled={!first || !second || first === second}>{t("selection.compare.go")}</button>
        </p>
      )}
    </form>
  );
}
