// Shown when the server does not know who asks: a name and a password where users are kept, else the address that it printed.
import { useState } from "react";
import { ApiError, sendJson } from "../api/client";
import { t, useLanguage } from "../i18n";
import { start } from "../state/study";

export function Login() {
  useLanguage();
  const [name, setName] = useState(""), [password, setPassword] = useState(""), [said, setSaid] = useState("");
  const enter = async (): Promise<void> => {
    try {
      await sendJson("POST", "/login", { name, password });
      await start();
    } catch (error) {
      setSaid(error instanceof ApiError ? `${error.message} ${error.remedy}` : t("error.unknown"));
    }
  };
  return (
    <main className="login" id="main">
      <h1>{t("login.title")}</h1>
      <p>{t("login.secret")}</p>
      <form onSubmit={(event) => { event.preventDefault(); void enter(); }}>
        <label htmlFor="login-name">{t("login.name")}</label>
        <input id="login-name" autoComplete="username" value={name} onChange={(event) => setName(event.target.value)} />
        <label htmlFor="login-password">{t("login.password")}</label>
        <input id="login-password" type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
        <button type="submit" disabled={!name || !password}>{t("login.enter")}</button>
        {said && <p className="failure" role="alert">{said}</p>}
      </form>
    </main>
  );
}
