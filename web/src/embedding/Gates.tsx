// Below a scatter of two numbers: its limits, and the cells of each quadrant, which a click selects.
import { useMemo } from "react";
import { count } from "../api/bitmap";
import type { EmbeddingColumn } from "../api/columns";
import { formatCount, formatValue, t } from "../i18n";
import { selectShape } from "../state/selection";
import { setPanel } from "./PanelHead";
import { gated, quadrants, type Gate } from "./scatter";

export function Gates({ index, layout, gate, visible }: { index: number; layout: EmbeddingColumn; gate: Gate; visible: Uint8Array | null }) {
  const parts = useMemo(() => gated(layout, gate, visible), [layout, gate, visible]);
  const counts = parts.map(count), total = counts.reduce((a, b) => a + b, 0);
  const axes = layout.axes!;
  const name = (q: readonly [boolean, boolean]): string => axes.map((axis, k) => `${axis.title}${q[k] ? "+" : "−"}`).join(" ");
  return (
    <div className="gates" role="group" aria-label={t("gates.title")}>
      {axes.map((axis, k) => (
        <label key={axis.title}>
          {t("gates.limit", { name: axis.title })}{" "}
          <input type="number" step="any" min={0} value={gate[k]} onChange={(event) => { const v = Number(event.target.value); if (event.target.value !== "" && Number.isFinite(v)) setPanel(index, { gate: gate.map((old, i) => (i === k ? v : old)) as Gate }); }} />
        </label>
      ))}
      <div className="quadrants">
        {quadrants.map((quadrant, q) => (
          <button key={q} type="button" disabled={counts[q] === 0} title={t("legend.select", { name: name(quadrant) })} onClick={() => void selectShape(parts[q]!, "replace")}>
            <span className="name">{name(quadrant)}</span> <span className="n">{formatCount(counts[q]!)} · {formatValue(total > 0 ? (100 * counts[q]!) / total : 0)} %</span>
          </button>
        ))}
      </div>
    </div>
  );
}
