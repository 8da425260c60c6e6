import { useEffect, useRef, type ReactNode } from "react";
import { useLocation } from "wouter";
import { t } from "../common_strings";
import { Navigation } from "./Navigation";
import { StaleBanner } from "./StaleBanner";
import { TopBar } from "./TopBar";

/** The frame of every page: menu, top bar, and what the page shows. */
export function Shell({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const [location] = useLocation();
  const before = useRef(location);

  // A new view is read from its beginning, as a new page would be.
  useEffect(() => {
    if (before.current === location) return;
    before.current = location;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [location]);

  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {t.app.skipToContent}
      </a>
      <TopBar />
      <aside className="side">
        <Navigation />
      </aside>
      <main id="main" className="main" ref={main} tabIndex={-1}>
        <StaleBanner />
        {children}
      </main>
    </div>
  );
}
