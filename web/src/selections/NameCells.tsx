// A name for the selected cells, in a field of one's own: a new field begins with them.
import { useState } from "react";
import { t } from "../i18n";
import { useApp, useFields } from "../state/app";
import { callTool } from "../state/turns";

export function NameCells() {
  const own = useFields().filter((field) => field.source === "user"), n = useApp((s) => s.nSelected);
  const [name, setName] = useState(""), [field, setField] = useState("");
  const call = (): void => {
    const said = name.trim(), into = field.trim();
    setName("");
    void callTool("name_cells", { name: said, group: "selection", ...(into ? { field: into } : {}) }, t("selection.named_as", { name: said }));
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (name.trim() && n > 0) call(); }}>
      <h3>{t("selection.annotate")}</h3>
      <p className="tools-line">
        <input value={name} placeholder={t("selection.annotate.name")} aria-label={t("selection.annotate.name")} onChange={(event) => setName(event.target.value)} />
        <input value={field} placeholder={t("selection.annotate.field")} aria-label={t("selection.annotate.field")} list="own-fields" onChange={(event) => setField(event.target.value)} />
        <button type="submit" disabled={!name.trim() || n === 0}>{t("selection.annotate.go")}</button>
      </p>
      <datalist id="own-fields">{own.map((other) => <option key={other.name} value={other.name} />)}</datalist>
    </form>
  );
}
