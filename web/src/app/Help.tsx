import { t, type Key } from "../i18n";
import { Dialog } from "./Dialog";

const keys: [string, Key][] = [
  ["/", "help.ask"], ["E", "help.embedding"], ["V · L · R", "help.modes"], ["Shift", "help.shift"], ["Ctrl · Alt", "help.combine"], ["← ↑ → ↓", "help.pan"], ["+ − 0", "help.zoom"], ["X, Enter", "help.crosshair"],
  ["Esc", "help.escape"], ["F · G · H", "help.tabs"], ["Ctrl Z · Ctrl Shift Z", "help.undo"],
];

export function Help() {
  return (
    <Dialog title={t("help.title")}>
      <dl className="keys">{keys.map(([key, text]) => <div key={text}><dt><kbd>{key}</kbd></dt><dd>{t(text)}</dd></div>)}</dl>
      <p className="n">{t("help.more")}</p>
    </Dialog>
  );
}
