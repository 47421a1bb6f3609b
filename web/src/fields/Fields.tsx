// What is known about each cell. A field opens to its values: counts, what is selected of them, what is hidden.
import { useMemo, useState } from "react";
import type { Field } from "../api/types";
import { groupColour } from "../colour/palettes";
import { tally } from "../colour/numbers";
import { formatCount, t, useLanguage } from "../i18n";
import { activeColour, app, fieldTitle, useApp, useFields } from "../state/app";
import { useColour } from "../state/columns";
import { selectBy } from "../state/selection";
import { dropFilter, setFilter, toggleHidden, useVisible } from "../state/visible";
import { colourBy } from "../genes/colour_by";
import { Captions } from "./Captions";
import { EditGroups, TakeAway } from "./EditGroups";
import { Kinds } from "./Kinds";
import { NumberField } from "./NumberField";

export function Fields() {
  useLanguage();
  const fields = useFields(), filters = useApp((s) => s.filters), cells = useApp((s) => s.summary?.n_kept ?? 0);
  const [word, setWord] = useState("");
  const visible = useVisible();
  const shown = useMemo(() => (visible ? visible.reduce((n, v) => n + v, 0) : cells), [visible, cells]);
  const low = word.trim().toLowerCase();
  const matching = fields.filter((field) => !low || [field.name, field.title, ...(field.categories?.map((c) => c.name) ?? [])].some((text) => text.toLowerCase().includes(low)));
  return (
    <div className="side-body">
      <input type="search" className="find" value={word} placeholder={t("fields.find")} aria-label={t("fields.find")} onChange={(event) => setWord(event.target.value)} />
      {filters.length > 0 && (
        <p className="filtered" role="status">
          {t("fields.shown", { shown: formatCount(shown), n: formatCount(cells) })}{" "}
          <button type="button" className="quiet" onClick={() => app.set({ filters: [] })}>{t("fields.show_all")}</button>
        </p>
      )}
      {!low && <Captions />}
      {matching.map((field) => <FieldRow key={field.name} field={field} word={low} />)}
      {matching.length === 0 && <p className="empty">{t("fields.none")}</p>}
    </div>
  );
}

function FieldRow({ field, word }: { field: Field; word: string }) {
  const coloured = useApp((s) => { const c = activeColour(s); return c.kind === "field" && c.name === field.name; });
  const filtered = useApp((s) => s.filters.some((filter) => filter.field === field.name));
  const inside = word !== "" && (field.categories?.some((c) => c.name.toLowerCase().includes(word)) ?? false);
  const [opened, setOpened] = useState(false);
  const open = opened || inside;
  if (field.kind === "text") return <div className="field text"><div className="field-head"><span className="name">{fieldTitle(field)}</span><span className="n">{t("fields.text")}</span></div></div>;
  return (
    <div className={`field ${coloured ? "coloured" : ""}`}>
      <div className="field-head">
        <button type="button" className="name" aria-expanded={open} onClick={() => setOpened(!open)}>{fieldTitle(field)}</button>
        <span className="n">{filtered ? "◐ " : ""}{field.kind === "categorical" && field.n_values != null ? formatCount(field.n_values) : ""}</span>
        <button type="button" className="paint" aria-pressed={coloured} title={t("chat.colour_by", { name: field.title })} aria-label={t("chat.colour_by", { name: field.title })} onClick={() => colourBy({ kind: "field", name: field.name })}>◉</button>
      </div>
      {open && (field.kind === "number" ? <NumberField field={field} /> : field.ready ? <Values field={field} word={inside ? word : ""} /> : <p className="empty">{t("fields.not_ready")}</p>)}
    </div>
  );
}

type Sorting = "file" | "size" | "name";
const most = 60;

function Values({ field, word }: { field: Field; word: string }) {
  const { column } = useColour({ kind: "field", name: field.name });
  const visible = useVisible(field.name), selection = useApp((s) => s.selection);
  const filter = useApp((s) => s.filters.find((f) => f.field === field.name)), chosen = useApp((s) => s.palettes[field.name]);
  const [sorting, setSorting] = useState<Sorting>("size"), [all, setAll] = useState(false), [editing, setEditing] = useState(false), [kinds, setKinds] = useState(false);
  const editable = useApp((s) => s.tools.some((tool) => tool.name === "rename_group"));
  const categories = column?.kind === "categorical" ? column.categories : (field.categories ?? []);
  const counts = useMemo(() => (column?.kind === "categorical" ? tally(column.codes, column.categories.length, visible, selection) : null), [column, visible, selection]);
  const rows = useMemo(() => {
    const list = categories.map((category, code) => ({ name: category.name, code, n: counts ? counts.shown[code]! : category.n_cells, selected: counts ? counts.selected[code]! : 0 }));
    const found = word ? list.filter((row) => row.name.toLowerCase().includes(word)) : list;
    return sorting === "file" ? found : found.sort((a, b) => (sorting === "size" ? b.n - a.n : a.name.localeCompare(b.name, undefined, { numeric: true })));
  }, [categories, counts, word, sorting]);
  const largest = rows.reduce((m, row) => Math.max(m, row.n), 1), total = rows.reduce((m, row) => m + row.n, 0);
  const hidden = new Set(filter?.kind === "values" ? filter.hidden : []);
  return (
    <div className="values-list">
      <p className="tools-line">
        <select aria-label={t("fields.order")} value={sorting} onChange={(event) => setSorting(event.target.value as Sorting)}>
          <option value="size">{t("fields.order.size")}</option><option value="name">{t("fields.order.name")}</option><option value="file">{t("fields.order.file")}</option>
        </select>
        <button type="button" className="quiet" onClick={() => dropFilter(field.name)} disabled={!filter}>{t("fields.show_all")}</button>
        <button type="button" className="quiet" onClick={() => setFilter({ kind: "values", field: field.name, hidden: categories.map((c) => c.name).filter((name) => !hidden.has(name)) })}>{t("fields.invert")}</button>
        {editable && !editing && <button type="button" className="quiet" onClick={() => setEditing(true)}>{t("fields.edit")}</button>}
        <button type="button" className="quiet" aria-pressed={kinds} onClick={() => setKinds(!kinds)}>{t("fields.kinds")}</button>
        <TakeAway field={field} />
      </p>
      {kinds && <Kinds field={field} />}
      {editing ? <EditGroups field={field} rows={rows.slice(0, all ? rows.length : most)} done={() => setEditing(false)} /> : <ul>
        {rows.slice(0, all ? rows.length : most).map((row) => (
          <li key={row.name} className={hidden.has(row.name) ? "hidden" : ""}>
            <input type="checkbox" checked={!hidden.has(row.name)} aria-label={t("legend.show", { name: row.name })} onChange={() => toggleHidden(field.name, row.name)} />
            <button type="button" onClick={() => void selectBy({ field: field.name, values: [row.name] })} title={`${t("legend.select", { name: row.name })} · ${total > 0 ? ((100 * row.n) / total).toFixed(1) : 0} %`}>
              <i className="share" style={{ width: `${(100 * row.n) / largest}%`, background: chosen?.[row.name] ?? groupColour(row.code) }} />
              <span className="name">{row.name}</span>
              <span className="n">{selection ? `${formatCount(row.selected)} / ` : ""}{formatCount(row.n)}</span>
            </button>
          </li>
        ))}
      </ul>}
      {rows.length > most && !all && <button type="button" className="quiet" onClick={() => setAll(true)}>{t("fields.all_values", { n: formatCount(rows.length) })}</button>}
    </div>
  );
}
