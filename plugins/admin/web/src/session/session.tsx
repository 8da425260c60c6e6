// Who is logged in, and what this person may do.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, type ReactNode } from "react";
import { ApiError, get, onSessionEnd, remove, setCsrfToken, tellSessionEnd } from "../api/client";
import type { NewSession, Session } from "../api/types";

export const kSessionKey = ["session"];

interface SessionAccess {
  session: Session;
  /** The role `admin`. What a viewer cannot do is not shown. */
  canWrite: boolean;
  logOut(): Promise<void>;
}

const SessionContext = createContext<SessionAccess | null>(null);

export function useSession(): SessionAccess {
  const access = useContext(SessionContext);
  if (!access) throw new Error("useSession is used outside of SessionProvider");
  return access;
}

async function readSession(client: QueryClient): Promise<Session | null> {
  try {
    const session = await get<Session>("/admin/session");
    setCsrfToken(session.csrf_token);
    return session;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    if (client.getQueryData(kSessionKey)) tellSessionEnd(); // there was one until now
    return null;
  }
}

/** null: nobody is logged in. */
export function useSessionQuery() {
  const client = useQueryClient();
  return useQuery({ queryKey: kSessionKey, queryFn: () => readSession(client), staleTime: 60_000, retry: 2 });
}

/** Puts a session in place that a login or the setup has just made. */
export function useEnterSession() {
  const client = useQueryClient();
  return useCallback(
    async (made: NewSession) => {
      setCsrfToken(made.csrf_token);
      await client.fetchQuery({ queryKey: kSessionKey, queryFn: () => readSession(client), staleTime: 0 });
    },
    [client],
  );
}

export function useSessionEnd(listener: () => void) {
  const client = useQueryClient();
  useEffect(() => {
    onSessionEnd(() => {
      if (client.getQueryData(kSessionKey) === null) return;
      setCsrfToken(null);
      client.setQueryData(kSessionKey, null);
      listener();
    });
  }, [client, listener]);
}

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const client = useQueryClient();
  const logOut = useCallback(async () => {
    await remove("/admin/session");
    setCsrfToken(null);
    client.setQueryData(kSessionKey, null);
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== kSessionKey[0] });
  }, [client]);
  const access = { session, canWrite: session.role === "admin", logOut };
  return <SessionContext value={access}>{children}</SessionContext>;
}
