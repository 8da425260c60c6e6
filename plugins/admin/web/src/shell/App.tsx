import { useCallback, useState } from "react";
import { LiveProvider } from "../live/LiveProvider";
import { Loading } from "../parts/layout";
import { ErrorBox } from "../parts/notices";
import { SessionProvider, useSessionEnd, useSessionQuery } from "../session/session";
import { LoginView } from "../views/login/LoginView";
import { SetupView } from "../views/setup/SetupView";
import { Shell } from "./Shell";

/** Decides between the one-time link, the login, and the page itself. */
export function App({ setupToken }: { setupToken: string | null }) {
  const [pendingSetup, setPendingSetup] = useState(setupToken);
  const [hasEnded, setEnded] = useState(false);
  const session = useSessionQuery();
  useSessionEnd(useCallback(() => setEnded(true), []));

  if (pendingSetup !== null) return <SetupView token={pendingSetup} onLeave={() => setPendingSetup(null)} />;
  if (session.isPending) {
    return (
      <main className="lonely">
        <Loading />
      </main>
    );
  }
  if (session.data === undefined) {
    return (
      <main className="lonely">
        <ErrorBox error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  if (session.data === null) return <LoginView hasEnded={hasEnded} />;
  return (
    <SessionProvider session={session.data}>
      <LiveProvider>
        <Shell />
      </LiveProvider>
    </SessionProvider>
  );
}
