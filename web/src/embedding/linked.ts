// Pictures beside each other: where one of them is moved, those that show the cells at the same places follow.
import { app, layoutKey } from "../state/app";
import type { Stage } from "./stage";

/** The stages on the page, by the number of their panel. */
export const stages = new Map<number, Stage>();

export function moveTogether(moved: number): void {
  const { linked, panels } = app.get();
  const leader = stages.get(moved), panel = panels[moved];
  if (!linked || !leader || !panel) return;
  const key = layoutKey(panel);
  panels.forEach((other, index) => {
    if (index !== moved && layoutKey(other) === key) stages.get(index)?.lookAs(leader);
  });
}
