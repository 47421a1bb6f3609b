// Every tool of the registry with a form made from its arguments. A tool that the program learns appears here without new code.
import { useState } from "react";
import type { Tool, ToolArgument } from "../api/types";
import { t, useLanguage } from "../i18n";
import { useApp, useFields } from "../state/app";
import { ask, callTool } from "../state/turns";

export function Tools() {
  const language = useLanguage();
  const tools = useApp((s) => s.tools);
  const [word, setWord] = useState(""), [open, setOpen] = useState("");
  const low = word.trim().toLowerCase();
  const matching = tools.filter((tool) => !low || `${tool.name} ${tool.purpose[language]}`.toLowerCase().includes(low));
  return (
    <div className="side-body">
      <input type="search" className="find" value={word} placeholder={t("tools.find")} aria-label={t("tools.find")} onChange={(event) => setWord(event.target.value)} />
      {matching.map((tool) => (
        <div key={tool.name} className="field tool">
          <div className="field-head"><button type="button" className="name" aria-expanded={open === tool.name} onClick={() => setOpen(open === tool.name ? "" : tool.name)}>{tool.purpose[language]}</button></div>
          {open === tool.name && <Form tool={tool} />}
        </div>
      ))}
    </div>
  );
}

const lists = new Set(["genes", "groups", "fields", "texts", "numbers"]);

/** What was typed, as the schema wants it; null when it is not a number where one is needed. */
export function argument(type: string, text: string): unknown {
  const trimmed = text.trim();
  if (lists.has(type)) return trimmed.split(/[;；]/.test(trimmed) ? /[;；]/ : /[,，、]/).map((part) => part.trim()).filter(Boolean);
  if (type === "number" || type === "integer") {
    const n = Number(trimmed);
    return Number.isFinite(n) && (type === "number" || Number.isInteger(n)) ? n : null;
  }
  return type === "flag" ? trimmed === "true" : trimmed;
}

function Form({ tool }: { tool: Tool }) {
  const language = useLanguage();
  const [values, setValues] = useState<Record<string, string>>({}), [wrong, setWrong] = useState("");
  const run = (): void => {
    const args: Record<string, unknown> = {};
    for (const { name, type, required } of tool.arguments) {
      const text = values[name] ?? "";
      if (!text.trim() || (type === "flag" && text === "false")) {
        if (required) return setWrong(name);
        continue;
      }
      const value = argument(type, text);
      if (value === null) return setWrong(name);
      args[name] = value;
    }
    setWrong("");
    const said = Object.values(args).flat().join(", ");
    void callTool(tool.name, args, said ? `${tool.purpose[language].replace(/[.。]$/, "")}: ${said}` : tool.purpose[language]);
  };
  const example = tool.example?.[language];
  return (
    <form className="tool-form" onSubmit={(event) => { event.preventDefault(); run(); }}>
      {tool.arguments.map((arg) => <Argument key={arg.name} tool={tool.name} arg={arg} value={values[arg.name] ?? ""} wrong={wrong === arg.name} onChange={(value) => setValues({ ...values, [arg.name]: value })} />)}
      <p className="tools-line">
        <button type="submit">{t("tools.run")}</button>
        {example && <button type="button" className="quiet" onClick={() => void ask(example)}>“{example}”</button>}
      </p>
    </form>
  );
}

function Argument({ tool, arg, value, wrong, onChange }: { tool: string; arg: ToolArgument; value: string; wrong: boolean; onChange: (value: string) => void }) {
  const language = useLanguage();
  const fields = useFields(), named = useApp((s) => s.selections);
  const id = `arg-${tool}-${arg.name}`;
  const options = arg.choices ?? (arg.type === "field" ? fields.map((field) => field.name) : []);
  const known = arg.type === "group" || arg.type === "groups" || arg.type === "cell_type"
    ? [...named.map((selection) => selection.name), ...new Set(fields.flatMap((field) => (field.categories ?? []).slice(0, 200).map((c) => c.name)))] : [];
  return (
    <div className="argument">
      <label htmlFor={id}>{arg.purpose[language]}{arg.unit ? ` (${arg.unit})` : ""}{arg.required ? "" : ` · ${t("tools.optional")}`}</label>
      {arg.type === "flag" ? <input id={id} type="checkbox" checked={value === "true"} onChange={(event) => onChange(String(event.target.checked))} />
        : options.length > 0 ? <select id={id} value={value} aria-invalid={wrong} onChange={(event) => onChange(event.target.value)}><option value="">–</option>{options.map((option) => <option key={option}>{option}</option>)}</select>
          : <input id={id} value={value} aria-invalid={wrong} list={known.length > 0 ? `${id}-known` : undefined} inputMode={arg.type === "number" ? "decimal" : arg.type === "integer" ? "numeric" : undefined} onChange={(event) => onChange(event.target.value)} />}
      {known.length > 0 && <datalist id={`${id}-known`}>{known.map((name) => <option key={name} value={name} />)}</datalist>}
      {wrong && <p className="failure" role="alert">{t(arg.type === "number" || arg.type === "integer" ? "tools.needs_number" : "tools.needed")}</p>}
    </div>
  );
}
