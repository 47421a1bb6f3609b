// One panel: the points, their legend, the cell below the pointer.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Combination } from "../api/bitmap";
import { scale } from "../colour/palettes";
import { t, useLanguage, formatCount } from "../i18n";
import { app, useApp, type Colour } from "../state/app";
import { useColour, useLayout } from "../state/columns";
import { clearSelection, selectBy, selectShape } from "../state/selection";
import { useVisible } from "../state/visible";
import { useDark } from "../app/theme";
import { gripAt } from "./axes";
import { toData } from "./camera";
import { density, picture } from "./density";
import { Gates } from "./Gates";
import { attachGestures, Keys } from "./gestures";
import { HoverFacts, type Hovered } from "./HoverFacts";
import { anchors } from "./labels";
import { insidePolygon, rectangle, type Point } from "./lasso";
import { Legend } from "./Legend";
import { moveTogether, stages } from "./linked";
import { drawOrder } from "./order";
import { PanelHead, setPanel } from "./PanelHead";
import { firstGate } from "./scatter";
import { colouringOf, isCategorical, pointsOf } from "./scene";
import { Stage } from "./stage";

const reach = 10; // CSS pixels

export function Embedding({ index }: { index: number }) {
  useLanguage();
  const panel = useApp((s) => s.panels[index]!), active = useApp((s) => s.active === index && s.panels.length > 1);
  const selection = useApp((s) => s.selection), mode = useApp((s) => s.mode), cells = useApp((s) => s.summary?.n_kept ?? 0);
  const byValue = useApp((s) => s.byValue), clip = useApp((s) => s.clip), labelled = useApp((s) => s.labels), dense = useApp((s) => s.density), rising = useApp((s) => s.scale);
  const field = panel.colour.kind === "field" ? panel.colour.name : "";
  const chosen = useApp((s) => s.palettes[field]);
  const dark = useDark();
  const embedding = useLayout(panel), colour = useColour(panel.colour);
  const visible = useVisible();
  const layout = embedding.column;
  const points = useMemo(() => (layout ? pointsOf(layout) : null), [layout]);
  const colouring = useMemo(
    () => (points ? colouringOf(colour.column, points.base, { dark, clip, byValue, scale: rising, chosen }) : null),
    [points, colour.column, dark, clip, byValue, rising, chosen],
  );
  const order = useMemo(() => (colouring ? drawOrder(colouring.base, visible, selection) : null), [colouring, visible, selection]);

  const frame = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null), overlay = useRef<HTMLCanvasElement>(null);
  const [stage, setStage] = useState<Stage | null>(null), [broken, setBroken] = useState(false), [hovered, setHovered] = useState<Hovered | null>(null);

  useEffect(() => {
    let made: Stage;
    try {
      made = new Stage(canvas.current!, overlay.current!);
    } catch {
      setBroken(true);
      return;
    }
    setStage(made);
    stages.set(index, made);
    made.onMove = () => moveTogether(index);
    const observer = new ResizeObserver(([entry]) => entry && made.setSize({ width: entry.contentRect.width, height: entry.contentRect.height }));
    observer.observe(frame.current!);
    return () => {
      observer.disconnect();
      stages.delete(index);
      made.dispose();
    };
  }, [index]);

  useEffect(() => {
    if (!stage) return;
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim(), paper = style.getPropertyValue("--paper").trim(), accent = style.getPropertyValue("--accent").trim();
    stage.inks = dark
      ? { ink, paper, accent, dim: [0.155, 0.163, 0.175, 1], none: [0.27, 0.28, 0.3, 1] }
      : { ink, paper, accent, dim: [0.915, 0.915, 0.91, 1], none: [0.8, 0.8, 0.8, 1] };
    stage.draw();
  }, [stage, dark]);
  useEffect(() => void (stage && points && stage.setPoints(points)), [stage, points]);
  useEffect(() => void (stage && colouring && stage.setColouring(colouring)), [stage, colouring]);
  useEffect(() => void (stage && order && stage.setOrder(order)), [stage, order]);
  useEffect(() => {
    if (!stage) return;
    const named = labelled && points && !points.column.axes && isCategorical(colour.column) && colour.column.categories.length <= 150;
    stage.anchors = named ? anchors(points.column.values, points.column.dimensions, colour.column as never, visible) : [];
    stage.draw();
  }, [stage, points, colour.column, visible, labelled]);
  useEffect(() => {
    if (!stage) return;
    if (dense && points && order) {
      const grid = density(points.column.values, points.column.dimensions, points.bounds, order.cells.subarray(order.dimmed));
      stage.density = { grid, picture: picture(grid, scale(dark ? `${rising}-dark` : rising)) };
    } else stage.density = null;
    stage.draw();
  }, [stage, dense, points, order, dark, rising]);

  const gate = useMemo(() => (layout?.axes ? (panel.gate ?? firstGate(layout)) : null), [layout, panel.gate]);
  useEffect(() => {
    if (!stage) return;
    stage.frameOf = layout?.axes ? { axes: layout.axes, gate } : null;
    stage.draw();
  }, [stage, layout, gate]);

  const probe = useCallback((px: number, py: number): void => {
    if (!stage || !points) return;
    const [x, y] = toData(stage.camera, stage.size, px, py);
    const cell = points.grid().nearest(x, y, reach / stage.camera.scale, visible);
    if (cell === stage.hovered) return;
    for (const other of stages.values()) {
      other.hovered = cell;
      other.drawAbove();
    }
    setHovered(cell >= 0 ? { cell, x: px, y: py } : null);
  }, [stage, points, visible]);

  const shape = useCallback((polygon: Point[], how: Combination): void => {
    if (points) void selectShape(insidePolygon(points.column.values, points.column.dimensions, polygon, visible), how);
  }, [points, visible]);

  useEffect(() => {
    if (!stage || !frame.current) return;
    return attachGestures(frame.current, stage, {
      mode: () => app.get().mode,
      shape, hover: probe,
      leave: () => {
        for (const other of stages.values()) {
          other.hovered = -1;
          other.drawAbove();
        }
        setHovered(null);
      },
      grip: (px, py) => {
        const frame = stage.frameOf, grip = frame && gripAt(frame, stage.camera, stage.size, px, py);
        if (!grip || !frame.gate) return null;
        return (x, y) => {
          const place = toData(stage.camera, stage.size, x, y), before = stage.frameOf!.gate!;
          const moved = before.map((v, k) => (grip[k] ? Number(Math.max(0, place[k]! / frame.axes[k]!.scale).toPrecision(3)) : v)) as [number, number];
          setPanel(index, { gate: moved });
        };
      },
      click: (px, py) => {
        app.set({ active: index });
        frame.current?.focus({ preventScroll: true });
        const label = stage.placed.find((box) => Math.abs(px - box.x) * 2 < box.width && Math.abs(py - box.y) * 2 < box.height);
        const column = colour.column;
        if (label && column?.kind === "categorical" && field) void selectBy({ field, values: [column.categories[label.code]!.name] });
        else if (app.get().mode !== "pan") void clearSelection();
      },
    });
  }, [stage, shape, probe, colour.column, field, index]);

  const keys = useMemo(() => stage && new Keys(stage, {
    probe,
    rectangle: (from, to, how) => {
      const corners = rectangle(from, to).map(([x, y]) => toData(stage.camera, stage.size, x, y));
      shape(corners, how);
    },
    clear: () => void clearSelection(),
  }), [stage, probe, shape]);

  const what = colourName(panel.colour);
  const description = t("embedding.described", { n: formatCount(cells), name: layout?.title ?? panel.embedding, colour: what });
  return (
    <section className={active ? "panel active" : "panel"} aria-label={t("embedding.panel", { n: index + 1 })}>
      <PanelHead index={index} />
      {/* role application: arrows and letters belong to the picture while it has the focus; the keys are described below it */}
      <div
        ref={frame} className={`stage mode-${mode}`} tabIndex={0} role="application" aria-label={description} aria-describedby="embedding-keys"
        onFocus={() => app.get().active !== index && app.set({ active: index })}
        onKeyDown={(event) => keys?.press(event) && (event.preventDefault(), event.stopPropagation())}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <canvas ref={overlay} aria-hidden="true" />
        {broken && <p className="stage-note">{t("embedding.no_webgl")}</p>}
        {!broken && !layout && <p className="stage-note" role="status">{t("embedding.loading")}</p>}
        {layout && colour.loading && <p className="stage-corner" role="status">{t("embedding.colouring", { colour: what })}</p>}
        {hovered && <HoverFacts at={hovered} colour={panel.colour} size={stage!.size} />}
      </div>
      {layout && gate && <Gates index={index} layout={layout} gate={gate} visible={visible} />}
      <Legend index={index} column={colour.column} colouring={colouring} visible={visible} />
    </section>
  );
}

export function colourName(colour: Colour): string {
  switch (colour.kind) {
    case "none": return t("colour.none");
    case "field": return app.get().summary?.fields.find((f) => f.name === colour.name)?.title ?? colour.name;
    case "gene": return colour.name;
    case "genes": return colour.names.join(", ");
    case "text": return `“${colour.text}”`;
  }
}
