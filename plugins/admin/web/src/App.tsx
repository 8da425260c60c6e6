import { useCallback, useEffect, useState } from "react";
import { Loading } from "./parts/layout";
import { ErrorBox } from "./parts/notices";
import { useSessionEnd, useSessionQuery } from "./session/session";
import { wayBack } from "./session/way_back";
import { Routes } from "./Routes";
import { LoggedIn, Lonely } from "./shell/LoggedIn";
import { LoginView } from "./views/login/LoginView";
import { SetupView } from "./views/setup/SetupView";

/** Decides between the one-time link, the login, the way back to a page of a plugin, and the page itself. */
export function App({ setupToken }: { setupToken: string | null }) {
  const [pendingSetup, setPendingSetup] = useState(setupToken);
  const [hasEnded, setEnded] = useState(false);
  const [back] = useState(() => wayBack(window.location));
  const session = useSessionQuery();
  useSessionEnd(useCallback(() => setEnded(true), []));

  const isLeaving = Boolean(session.data) && pendingSetup === null && back !== null;
  useEffect(() => {
    if (isLeaving) window.location.replace(back!.to);
  }, [isLeaving, back]);

  if (pendingSetup !== null) return <SetupView token={pendingSetup} onLeave={() => setPendingSetup(null)} />;
  if (session.isPending || isLeaving) {
    return (
      <Lonely>
        <Loading />
      </Lonely>
    );
  }
  if (session.data === undefined) {
    return (
      <Lonely>
        <ErrorBox error={session.error} onRetry={() => void session.refetch()} />
      </Lonely>
    );
  }
  if (session.data === null) return <LoginView hasEnded={hasEnded || Boolean(back?.hasEnded)} />;
  return (
    <LoggedIn session={session.data}>
      <Routes />
    </LoggedIn>
  );
}
