// A modal dialog of the browser itself: focus stays inside, Escape closes, focus goes back to where it came from.
import { useEffect, useRef, type ReactNode } from "react";
import { t } from "../i18n";
import { app } from "../state/app";

export function Dialog({ title, subtitle, wide, children }: { title: string; subtitle?: string; wide?: boolean; children: ReactNode }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current!;
    if (!dialog.open) dialog.showModal();
    return () => dialog.close();
  }, []);
  const close = (): void => app.set({ dialog: null });
  return (
    <dialog ref={element} className={wide ? "dialog wide" : "dialog"} aria-labelledby="dialog-title" onCancel={close} onClick={(event) => event.target === element.current && close()}>
      <div className="dialog-inside">
        <header>
          <div>
            <h2 id="dialog-title">{title}</h2>
            {subtitle && <p className="subtitle">{subtitle}</p>}
          </div>
          <button type="button" className="close" aria-label={t("close")} onClick={close}>×</button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
