// A part that fails says so and leaves the rest of the page alone.
import { Component, type ReactNode } from "react";
import { t } from "../i18n";

export class Boundary extends Component<{ children: ReactNode }, { failed: string }> {
  override state = { failed: "" };

  static getDerivedStateFromError(error: unknown): { failed: string } {
    return { failed: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="failure broken" role="alert">
        <p>{t("error.unknown")} {this.state.failed}</p>
        <button type="button" onClick={() => this.setState({ failed: "" })}>{t("error.again")}</button>
      </div>
    );
  }
}
