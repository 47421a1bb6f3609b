// Light, dark, or as the system says.
import { useEffect, useSyncExternalStore } from "react";
import { useApp } from "../state/app";

const query = typeof window === "undefined" ? null : window.matchMedia("(prefers-color-scheme: dark)");

export function useDark(): boolean {
  const theme = useApp((s) => s.theme);
  const system = useSyncExternalStore(
    (listener) => {
      query?.addEventListener("change", listener);
      return () => query?.removeEventListener("change", listener);
    },
    () => query?.matches ?? false,
  );
  return theme === "system" ? system : theme === "dark";
}

export function useTheme(): void {
  const dark = useDark();
  // Before children read colours from the style sheet.
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  useEffect(() => {
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }, [dark]);
}
