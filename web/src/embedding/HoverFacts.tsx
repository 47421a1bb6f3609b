// Facts of the cell below the pointer or the crosshair; read out when the crosshair moves.
import { useEffect, useState } from "react";
import { study } from "../api/study";
import type { CellFacts } from "../api/types";
import { formatValue } from "../i18n";
import { app, useApp, type Colour } from "../state/app";
import type { Size } from "./camera";

export interface Hovered {
  cell: number;
  x: number;
  y: number;
}

const known = new Map<string, CellFacts>();

export function HoverFacts({ at, colour, size }: { at: Hovered; colour: Colour; size: Size }) {
  const id = useApp((s) => s.studyId), state = useApp((s) => s.summary?.state);
  const genes = colour.kind === "gene" ? [colour.name] : colour.kind === "genes" ? colour.names.slice(0, 6) : [];
  const key = `${id}/${state}/${at.cell}/${genes.join()}/${app.get().language}`;
  const [facts, setFacts] = useState<CellFacts | null>(known.get(key) ?? null);
  useEffect(() => {
    const held = known.get(key);
    if (held || !id) return setFacts(held ?? null);
    setFacts(null);
    const stop = new AbortController();
    // A moving pointer crosses many cells; the one that it rests on is asked for.
    const wait = setTimeout(() => {
      study.cell(id, at.cell, genes, stop.signal).then(
        (found) => {
          if (known.size > 500) known.clear();
          known.set(key, found);
          setFacts(found);
        },
        () => undefined, // the next movement asks again
      );
    }, 60);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [key]); // eslint-disable-line
  if (!facts) return null;
  const right = at.x > size.width / 2, low = at.y > size.height / 2;
  const place = { [right ? "right" : "left"]: (right ? size.width - at.x : at.x) + 14, [low ? "bottom" : "top"]: (low ? size.height - at.y : at.y) + 14 };
  const rows = [...(facts.genes ?? []).map((gene) => ({ name: `gene:${gene.name}`, title: gene.name, value: gene.value as number | string | null })), ...facts.fields];
  const first = colour.kind === "field" ? rows.findIndex((row) => row.name === colour.name) : -1;
  if (first > 0) rows.unshift(...rows.splice(first, 1));
  return (
    <div className="facts" style={place} role="status">
      <p className="barcode">{facts.barcode}</p>
      <dl>
        {rows.slice(0, 9).map((row, i) => (
          <div key={row.name} className={i === 0 ? "first" : ""}>
            <dt>{row.title}</dt>
            <dd>{formatValue(row.value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
