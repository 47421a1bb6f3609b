// A number of each cell as a histogram; a brush (or the two boxes, for the keyboard) hides what lies outside.
import { useMemo, useRef, useState } from "react";
import type { Field } from "../api/types";
import { histogram } from "../colour/numbers";
import { formatValue, t } from "../i18n";
import { useApp } from "../state/app";
import { useColour } from "../state/columns";
import { dropFilter, setFilter, useVisible } from "../state/visible";

const width = 240, height = 56;

export function NumberField({ field }: { field: Field }) {
  const { column } = useColour({ kind: "field", name: field.name });
  const visible = useVisible(field.name), filter = useApp((s) => s.filters.find((f) => f.field === field.name));
  const [brush, setBrush] = useState<[number, number] | null>(null);
  const start = useRef(0);
  const bars = useMemo(() => (column?.kind === "number" ? histogram(column, visible) : null), [column, visible]);
  if (!bars) return <p className="empty">{t("fields.loading")}</p>;
  const most = Math.max(...bars.counts, 1), span = bars.high > bars.low ? bars.high - bars.low : 1, w = width / bars.counts.length;
  const kept: [number, number] = brush ?? (filter?.kind === "range" ? [filter.low, filter.high] : [bars.low, bars.high]);
  const x = (value: number): number => ((value - bars.low) / span) * width;
  const at = (event: React.PointerEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return bars.low + Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * span;
  };
  const apply = (low: number, high: number): void => setFilter({ kind: "range", field: field.name, low: Math.min(low, high), high: Math.max(low, high) });
  return (
    <div className="number-field">
      <svg
        viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("fields.histogram", { name: field.title, low: formatValue(bars.low), high: formatValue(bars.high) })}
        onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); start.current = at(event); setBrush([start.current, start.current]); }}
        onPointerMove={(event) => brush && setBrush([Math.min(start.current, at(event)), Math.max(start.current, at(event))])}
        onPointerUp={(event) => { const end = at(event); setBrush(null); if (Math.abs(end - start.current) > span / 200) apply(start.current, end); else dropFilter(field.name); }}
      >
        {bars.counts.map((n, i) => {
          const middle = bars.low + ((i + 0.5) / bars.counts.length) * span;
          const h = n > 0 ? Math.max(1, (n / most) * (height - 2)) : 0;
          return <rect key={i} x={i * w} y={height - h} width={Math.max(w - 0.5, 0.5)} height={h} className={middle >= kept[0] && middle <= kept[1] ? "bar" : "bar out"} />;
        })}
        {(brush || filter) && <rect className="brush" x={x(kept[0])} y={0} width={Math.max(1, x(kept[1]) - x(kept[0]))} height={height} />}
      </svg>
      <p className="tools-line">
        {(["low", "high"] as const).map((end, i) => (
          <input key={`${end}-${kept[i]}`} type="number" step="any" defaultValue={Number(kept[i]!.toPrecision(4))} aria-label={t(end === "low" ? "fields.at_least" : "fields.at_most", { name: field.title })}
            onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
            onBlur={(event) => { const value = Number(event.target.value); if (event.target.value !== "" && Math.abs(value - Number(kept[i]!.toPrecision(4))) > 0) apply(i === 0 ? value : kept[0], i === 1 ? value : kept[1]); }} />
        ))}
        <button type="button" className="quiet" disabled={!filter} onClick={() => dropFilter(field.name)}>{t("fields.show_all")}</button>
      </p>
    </div>
  );
}
