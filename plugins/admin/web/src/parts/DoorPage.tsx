import { useEffect, type ReactNode } from "react";
import { useRouter } from "wouter";
import { t } from "../common_strings";

/** What stands before the page: login and first setup. */
export function DoorPage({ title, children }: { title: string; children: ReactNode }) {
  const { base } = useRouter();
  useEffect(() => {
    document.title = t.app.pageTitle(title);
  }, [title]);
  return (
    <main className="door">
      <div className="door-card">
        <p className="brand">
          <img src={`${base}/icon.svg`} alt="" width="28" height="28" />
          {t.app.name}
        </p>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
