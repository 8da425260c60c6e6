import { useEffect, type ReactNode } from "react";
import { t } from "../strings";

/** What stands before the page: login and first setup. */
export function DoorPage({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = t.app.pageTitle(title);
  }, [title]);
  return (
    <main className="door">
      <div className="door-card">
        <p className="brand">
          <img src="/admin/icon.svg" alt="" width="28" height="28" />
          {t.app.name}
        </p>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
