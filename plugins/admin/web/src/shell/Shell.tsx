import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { t } from "../strings";
import { Navigation } from "./Navigation";
import { Routes } from "./Routes";
import { StaleBanner } from "./StaleBanner";
import { TopBar } from "./TopBar";

export function Shell() {
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
        <Routes />
      </main>
    </div>
  );
}
