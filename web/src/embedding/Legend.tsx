// What the colours mean. Each group is a button: click selects it, the box hides it, the swatch takes another colour.
import { useMemo } from "react";
import type { Column } from "../api/columns";
import { tally } from "../colour/numbers";
import { gradient, hex, parse, risingScales, type RisingScale } from "../colour/palettes";
import { formatCount, formatValue, t } from "../i18n";
import { app, useApp } from "../state/app";
import { selectBy } from "../state/selection";
import { toggleHidden } from "../state/visible";
import { keepPreferences } from "../state/view";
import type { Colouring } from "./scene";

export function Legend({ index, column, colouring, visible }: { index: number; column: Column | null; colouring: Colouring | null; visible: Uint8Array | null }) {
  const colour = useApp((s) => s.panels[index]!.colour);
  if (!column || !colouring) return null;
  if (column.kind === "categorical" && colour.kind === "field") return <Groups field={colour.name} column={column} colours={colouring.names} visible={visible} />;
  if (column.kind === "number" && colouring.span) return <Scale column={column} colouring={colouring} />;
  return null;
}

function Groups({ field, column, colours, visible }: { field: string; column: Extract<Column, { kind: "categorical" }>; colours: string[]; visible: Uint8Array | null }) {
  const selection = useApp((s) => s.selection), filter = useApp((s) => s.filters.find((f) => f.field === field));
  const k = column.categories.length;
  const counts = useMemo(() => tally(column.codes, k, visible, selection), [column, k, visible, selection]);
  const hidden = new Set(filter?.kind === "values" ? filter.hidden : []);
  const missing = counts.shown[k] ?? 0;
  const recolour = (name: string, value: string): void => {
    app.set((s) => ({ palettes: { ...s.palettes, [field]: { ...s.palettes[field], [name]: value } } }));
    keepPreferences();
  };
  const chosen = useApp((s) => s.palettes[field] !== undefined);
  const reset = (): void => {
    app.set((s) => ({ palettes: Object.fromEntries(Object.entries(s.palettes).filter(([name]) => name !== field)) }));
    keepPreferences();
  };
  return (
    <ul className="legend groups" aria-label={t("legend.groups", { field: column.title })} tabIndex={0}>
      {column.categories.map((category, code) => (
        <li key={category.name} className={hidden.has(category.name) ? "hidden" : ""}>
          <input type="color" value={hex(parse(colours[code]!))} aria-label={t("legend.colour_of", { name: category.name })} onChange={(event) => recolour(category.name, event.target.value)} />
          <button type="button" className="group" title={t("legend.select", { name: category.name })} onClick={() => void selectBy({ field, values: [category.name] })}>
            <span className="name">{category.name}</span>
            <span className="n">
              {selection ? `${formatCount(counts.selected[code]!)} / ${formatCount(counts.shown[code]!)}` : formatCount(counts.shown[code]!)}
            </span>
          </button>
          <input type="checkbox" checked={!hidden.has(category.name)} aria-label={t("legend.show", { name: category.name })} title={t("legend.show", { name: category.name })} onChange={() => toggleHidden(field, category.name)} />
        </li>
      ))}
      {missing > 0 && (
        <li className="missing">
          <span className="swatch" /> <span className="group"><span className="name">{t("legend.missing")}</span><span className="n">{formatCount(missing)}</span></span>
        </li>
      )}
      {chosen && <li><button type="button" className="quiet" onClick={reset}>{t("legend.reset")}</button></li>}
    </ul>
  );
}

const clips = [0, 0.005, 0.01, 0.02, 0.05];

function Scale({ column, colouring }: { column: Extract<Column, { kind: "number" }>; colouring: Colouring }) {
  const clip = useApp((s) => s.clip), chosen = useApp((s) => s.scale), byValue = useApp((s) => s.byValue);
  const { low, high, centred } = colouring.span!;
  return (
    <div className="legend scale" role="group" aria-label={t("legend.scale", { name: column.title, low: formatValue(low), high: formatValue(high) })}>
      <span className="n">{formatValue(low)}</span>
      <span className="bar" style={{ background: gradient(colouring.scale) }}>{centred && <i />}</span>
      <span className="n">{formatValue(high)}</span>
      {column.unit && <span className="unit">{column.unit}</span>}
      {column.reading && <span className="unit">{column.reading}</span>}
      <span className="grow" />
      {!centred && (
        <label>
          {t("legend.palette")}{" "}
          <select value={chosen} onChange={(event) => { app.set({ scale: event.target.value as RisingScale }); keepPreferences(); }}>
            {risingScales.map((name) => <option key={name} value={name}>{t(`legend.palette.${name}`)}</option>)}
          </select>
        </label>
      )}
      <label>
        {t("legend.clip")}{" "}
        <select value={clip} onChange={(event) => app.set({ clip: Number(event.target.value) })}>
          {clips.map((c) => <option key={c} value={c}>{c === 0 ? t("legend.clip.none") : `${100 * c} %`}</option>)}
        </select>
      </label>
      <label>
        <input type="checkbox" checked={byValue} onChange={(event) => app.set({ byValue: event.target.checked })} /> {t("legend.on_top")}
      </label>
    </div>
  );
}
