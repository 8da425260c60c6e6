import { useCallback, useEffect, useRef, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { Empty, Loading } from "../parts/layout";
import { ErrorBox } from "../parts/notices";
import { useSessionEnd, useSessionQuery } from "../session/session";
import { loginFor } from "../session/way_back";
import { t } from "../common_strings";
import { LoggedIn, Lonely } from "./LoggedIn";

/** A page of a plugin: whoever is not logged in is sent to the admin's login and comes back. */
export function PluginPage({ children }: { children: ReactNode }) {
  const session = useSessionQuery();
  const hasEnded = useRef(false);
  useSessionEnd(
    useCallback(() => {
      hasEnded.current = true;
    }, []),
  );

  const isNobody = session.data === null;
  useEffect(() => {
    if (!isNobody) return;
    const { pathname, search, hash } = window.location;
    window.location.replace(loginFor(pathname + search + hash, hasEnded.current));
  }, [isNobody]);

  if (session.data) return <LoggedIn session={session.data}>{children}</LoggedIn>;
  if (session.error instanceof ApiError && session.error.status === 404) {
    return (
      <Lonely>
        <Empty title={t.app.noAdmin} next={t.app.noAdminNext} />
      </Lonely>
    );
  }
  return (
    <Lonely>
      {session.error ? (
        <ErrorBox error={session.error} onRetry={() => void session.refetch()} />
      ) : (
        <Loading />
      )}
    </Lonely>
  );
}
