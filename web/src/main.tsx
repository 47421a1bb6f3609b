import { createRoot } from "react-dom/client";
import { setAddress } from "./api/client";
import { App } from "./app/App";
import { app } from "./state/app";
import { start } from "./state/study";
import { restorePreferences } from "./state/view";
import "./styles/base.css";
import "./styles/workbench.css";
import "./styles/chat.css";

restorePreferences();
const { language } = app.get();
setAddress({ language, session: new URLSearchParams(location.search).get("session") ?? "default" });
document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
createRoot(document.getElementById("root")!).render(<App />);
void start();
