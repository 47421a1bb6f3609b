// The tree of states: what changed at each step, where one is, and the way to any other state.
import { useMemo, useState } from "react";
import type { HistoryState } from "../api/types";
import { formatCount, formatTime, t, useLanguage } from "../i18n";
import { useApp } from "../state/app";
import { move } from "../state/study";
import { callTool } from "../state/turns";
import { treeRows } from "./tree";

/** What a step did to the cells and what is known of them. */
function changes({ changed, n_kept }: HistoryState): string {
  if (!changed) return "";
  const parts = [
    ...(changed.cells && n_kept != null ? [t("cells", { n: formatCount(n_kept) })] : []),
    ...(changed.clusters ? [t("history.clusters")] : []), ...(changed.captions ? [t("history.captions")] : []), ...changed.fields,
  ];
  return parts.length > 0 ? `${parts.join(", ")} ·` : "";
}

const rowHeight = 60, laneWidth = 14;

export function History() {
  useLanguage();
  const history = useApp((s) => s.history);
  const rows = useMemo(() => (history ? treeRows(history.states) : []), [history]);
  const [name, setName] = useState("");
  const comparable = useApp((s) => s.tools.some((tool) => tool.name === "compare_states"));
  if (!history) return <p className="empty">{t("fields.loading")}</p>;
  const lanes = rows.reduce((m, row) => Math.max(m, row.lane + 1), 1);
  const x = (lane: number): number => 9 + lane * laneWidth, y = (row: number): number => row * rowHeight + 13;
  return (
    <div className="side-body history">
      <p className="tools-line">
        <button type="button" disabled={!history.can_undo} onClick={() => void move({ action: "undo" })}>{t("undo")}</button>
        <button type="button" disabled={!history.can_redo} onClick={() => void move({ action: "redo" })}>{t("redo")}</button>
        {history.branches.length > 1 && (
          <select aria-label={t("history.branch")} value={history.branch} onChange={(event) => void move({ action: "switch", name: event.target.value })}>
            {history.branches.map((branch) => <option key={branch.name}>{branch.name}</option>)}
          </select>
        )}
      </p>
      <form className="tools-line" onSubmit={(event) => { event.preventDefault(); if (name.trim()) void move({ action: "branch", name: name.trim() }).then(() => setName("")); }}>
        <input value={name} placeholder={t("history.name")} aria-label={t("history.name")} onChange={(event) => setName(event.target.value)} />
        <button type="submit" disabled={!name.trim()}>{t("history.new_branch")}</button>
      </form>
      <div className="tree" style={{ paddingLeft: x(lanes) }}>
        <svg width={x(lanes)} height={rows.length * rowHeight} aria-hidden="true">
          {rows.map((row, i) => row.parentRow >= 0 && (
            <path key={row.state.id} d={`M${x(row.lane)},${y(i)} L${x(row.lane)},${y(row.parentRow) - 14} L${x(row.parentLane)},${y(row.parentRow)}`} className={row.state.path ? "path" : ""} />
          ))}
          {rows.map((row, i) => <circle key={row.state.id} cx={x(row.lane)} cy={y(i)} r={row.state.current ? 5 : 3.5} className={row.state.current ? "current" : row.state.path ? "path" : ""} />)}
        </svg>
        <ol aria-label={t("history.title")}>
          {rows.map(({ state }) => {
            const branches = history.branches.filter((branch) => branch.state === state.id);
            return (
              <li key={state.id} style={{ height: rowHeight }} aria-current={state.current ? "step" : undefined} className={state.current ? "current" : state.path ? "path" : ""}>
                <button type="button" disabled={state.current} title={`${state.summary}\n${formatTime(state.time)}`} onClick={() => void move({ action: "go", state: state.id })}>{state.summary || state.tool}</button>
                <p className="n">
                  {changes(state)}{" "}
                  {branches.map((branch) => <b key={branch.name}>{branch.name}</b>)} {formatTime(state.time)}
                  {comparable && !state.current && <button type="button" className="quiet" aria-label={t("history.compare.of", { summary: state.summary || state.tool })} onClick={() => void callTool("compare_states", { first: state.id }, t("history.compare.of", { summary: state.summary || state.tool }))}>{t("history.compare")}</button>}
                </p>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}
