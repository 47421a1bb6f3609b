// A figure of an answer: drawn when it comes into view, with its text alternative, its data and its files.
import { useEffect, useRef, useState } from "react";
import type { Language, Plot as PlotDocument, Table, Value } from "../api/types";
import { useDark } from "../app/theme";
import { Dialog } from "../app/Dialog";
import { DataTable } from "../chat/DataTable";
import { toCsv } from "../chat/csv";
import { saveBlob, saveText } from "../files/save";
import { formatCount, formatValue, t } from "../i18n";
import { activeColour, app, useApp } from "../state/app";
import { colourByGene } from "../genes/colour_by";
import { groupFinder } from "../chat/marks";
import { report } from "../state/notice";
import { selectBy } from "../state/selection";
import { axesOf, rowsOf, titleOf } from "./describe";
import { draw, toPng, toSvg, type Drawn } from "./draw";
import { localized } from "./localized";

export function alternative(spec: Record<string, unknown>, title: string): string {
  const axes = axesOf(spec).map((axis) =>
    axis.range ? t("plot.axis.range", { title: axis.title, low: formatValue(axis.range[0]), high: formatValue(axis.range[1]) })
      : t("plot.axis.names", { title: axis.title, n: axis.names.length, names: axis.names.slice(0, 8).join(", ") + (axis.names.length > 8 ? " …" : "") }));
  return [t("plot.described", { title: titleOf(spec, title), n: formatCount(rowsOf(spec).length) }), ...axes].join(" ");
}

/** A gene that is clicked colours the cells, a group is selected: as in the text. */
function show(row: Record<string, unknown>): void {
  // Of an axis' label the datum is the label itself.
  const name = [row.gene, row.group, row.label, row.value].find((value): value is string => typeof value === "string");
  if (!name) return;
  const group = groupFinder(app.get().summary?.fields ?? [], activeField())(name);
  if (typeof row.gene === "string") colourByGene(row.gene);
  else if (group) void selectBy({ field: group.field, values: [group.value] });
}

const activeField = (): string => {
  const colour = activeColour(app.get());
  return colour.kind === "field" ? colour.name : "";
};

function Drawing({ spec, title, narrow = false }: { spec: Record<string, unknown>; title: string; narrow?: boolean }) {
  const place = useRef<HTMLDivElement>(null), dark = useDark();
  const [near, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: "300px" });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!near || !place.current) return;
    let drawn: Drawn | null = null, gone = false;
    draw(place.current, spec, dark, narrow, show).then((made) => (gone ? made.finalize() : (drawn = made)), report);
    return () => {
      gone = true;
      drawn?.finalize();
    };
  }, [near, spec, dark, narrow]);
  return <div className="drawing" role="img" aria-label={alternative(spec, title)}><div ref={place} className="vega" aria-hidden="true" /></div>;
}

export function Plot({ plot, language, onEnlarge }: { plot: PlotDocument; language: Language; onEnlarge: () => void }) {
  const [spec] = useState(() => localized(plot.spec, language));
  return (
    <figure className="plot">
      <Drawing spec={spec} title={plot.title} narrow />
      <figcaption>
        <button type="button" className="quiet" aria-label={t("plot.enlarge.of", { title: plot.title })} onClick={onEnlarge}>{t("plot.enlarge")}</button>
        <Files spec={spec} title={plot.title} />
      </figcaption>
    </figure>
  );
}

function Files({ spec, title }: { spec: Record<string, unknown>; title: string }) {
  const name = title.replace(/[^\p{L}\p{N}]+/gu, "_") || "figure";
  return (
    <>
      <button type="button" className="quiet" onClick={() => toSvg(spec).then((svg) => saveText(`${name}.svg`, svg, "image/svg+xml"), report)}>SVG</button>
      <button type="button" className="quiet" onClick={() => toPng(spec).then((png) => saveBlob(`${name}.png`, png), report)}>PNG</button>
      <button type="button" className="quiet" onClick={() => saveText(`${name}.csv`, toCsv(tableOf(spec, title)), "text/csv")}>CSV</button>
    </>
  );
}

export function tableOf(spec: Record<string, unknown>, title: string): Table {
  const rows = rowsOf(spec);
  const names = [...new Set(rows.slice(0, 50).flatMap((row) => Object.keys(row)))];
  const titles = new Map(axesOf(spec).map((axis) => [axis.field, axis.title]));
  return { id: "data", title, columns: names.map((id) => ({ id, title: titles.get(id) ?? id, unit: "" })), rows: rows.map((row) => names.map((name): Value => row[name] ?? null)) };
}

export function PlotDialog({ turn: key, index }: { turn: string; index: number }) {
  const answer = useApp((s) => s.turns.find((other) => other.key === key)?.answer);
  const plot = answer?.plots[index];
  const [spec] = useState(() => (plot ? localized(plot.spec, answer!.language) : {}));
  if (!plot) return null;
  return (
    <Dialog title={plot.title} wide>
      <Drawing spec={spec} title={plot.title} />
      <div className="section-head"><h3>{t("plot.data")}</h3><Files spec={spec} title={plot.title} /></div>
      <DataTable table={tableOf(spec, plot.title)} />
    </Dialog>
  );
}
