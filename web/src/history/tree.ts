// The tree of states as rows: each on a column of its line of descent, newest at the top, as in a version history.
import type { HistoryState } from "../api/types";

export interface TreeRow {
  state: HistoryState;
  /** Column of the dot; 0 is the present line. */
  lane: number;
  parentRow: number;
  parentLane: number;
}

/** Parents come first in `states`. The children of a state keep its lane if they lie on the present path (or come first), others open a new one. */
export function treeRows(states: HistoryState[]): TreeRow[] {
  const children = new Map<string, HistoryState[]>();
  for (const state of states) children.set(state.parent, [...(children.get(state.parent) ?? []), state]);
  const known = new Set(states.map((state) => state.id));
  const lanes = new Map<string, number>();
  let next = 0;
  const walk: [HistoryState, number][] = [];
  for (const root of states.filter((state) => !known.has(state.parent))) walk.push([root, next++]);
  for (let item = walk.pop(); item; item = walk.pop()) {
    const [state, lane] = item;
    lanes.set(state.id, lane);
    const below = [...(children.get(state.id) ?? [])].sort((a, b) => Number(b.path) - Number(a.path));
    below.forEach((child, i) => walk.push([child, i === 0 ? lane : next++]));
  }
  const order = [...states].reverse();
  const row = new Map(order.map((state, i) => [state.id, i]));
  return order.map((state) => ({ state, lane: lanes.get(state.id) ?? 0, parentRow: row.get(state.parent) ?? -1, parentLane: lanes.get(state.parent) ?? 0 }));
}
