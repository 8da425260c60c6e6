import type { ReactNode } from "react";
import type { Session } from "../api/types";
import { LiveProvider } from "../live/LiveProvider";
import { SessionProvider } from "../session/session";
import { Shell } from "./Shell";

/** A page as somebody sees it who is logged in. */
export function LoggedIn({ session, children }: { session: Session; children: ReactNode }) {
  return (
    <SessionProvider session={session}>
      <LiveProvider>
        <Shell>{children}</Shell>
      </LiveProvider>
    </SessionProvider>
  );
}

/** What stands alone in the window: waiting, or why there is no page. */
export function Lonely({ children }: { children: ReactNode }) {
  return <main className="lonely">{children}</main>;
}
