// Names that people give to groups: another name, one name for several. Each is a tool call, so that the conversation and undo know it.
import { useState } from "react";
import type { Field } from "../api/types";
import { formatCount, t } from "../i18n";
import { callTool } from "../state/turns";

export interface Row {
  name: string;
  n: number;
}

export function EditGroups({ field, rows, done }: { field: Field; rows: Row[]; done: () => void }) {
  const [joined, setJoined] = useState<string[]>([]), [name, setName] = useState("");
  const rename = (group: string, to: string): void => {
    if (to && to !== group) void callTool("rename_group", { group, name: to, by: field.name }, t("fields.rename.said", { group, name: to }));
  };
  const merge = (): void => {
    const groups = joined, to = name.trim();
    setJoined([]);
    setName("");
    void callTool("merge_groups", { groups, by: field.name, ...(to ? { name: to } : {}) }, t("fields.merge.said", { groups: groups.join(", ") }));
  };
  return (
    <form className="edit-groups" onSubmit={(event) => { event.preventDefault(); if (joined.length > 1) merge(); }}>
      <ul>
        {rows.map((row) => (
          <li key={row.name}>
            <input type="checkbox" checked={joined.includes(row.name)} aria-label={t("fields.merge.with", { name: row.name })} onChange={() => setJoined(joined.includes(row.name) ? joined.filter((other) => other !== row.name) : [...joined, row.name])} />
            <input key={row.name} defaultValue={row.name} aria-label={t("fields.rename", { name: row.name })}
              onKeyDown={(event) => {
                if (event.nativeEvent.isComposing) return;
                if (event.key === "Enter") { event.preventDefault(); rename(row.name, event.currentTarget.value.trim()); }
                else if (event.key === "Escape") event.currentTarget.value = row.name;
              }} />
            <span className="n">{formatCount(row.n)}</span>
          </li>
        ))}
      </ul>
      <p className="n">{t("fields.edit.how")}</p>
      <p className="tools-line">
        {joined.length > 1 && <input value={name} placeholder={t("fields.merge.name")} aria-label={t("fields.merge.name")} onChange={(event) => setName(event.target.value)} />}
        <button type="submit" disabled={joined.length < 2}>{t("fields.merge")}</button>
        <button type="button" onClick={done}>{t("fields.edit.done")}</button>
      </p>
    </form>
  );
}

/** Names that were given to the groups of this field can be taken away again. */
export function TakeAway({ field }: { field: Field }) {
  if (field.source !== "user" && !field.edited) return null;
  const words = t(field.edited ? "fields.restore" : "fields.remove");
  return <button type="button" className="quiet" onClick={() => void callTool("remove_field", { field: field.name }, `${words}: ${field.title}`)}>{words}</button>;
}
