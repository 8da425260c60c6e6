// Admins, sessions and API tokens in memory. Passwords in plain text: this is a toy.
import { randomBytes } from "node:crypto";

const kPassword = "night gate pass";
const kSessionMs = 12 * 3600_000;

const secret = () => randomBytes(18).toString("base64url");
const now = () => new Date().toISOString();

export function accounts() {
  const admins = new Map();
  const sessions = new Map();
  let nextSession = 1;

  const people = {
    admins,
    sessions,
    tokens: [],
    setupToken: secret(),
    isSetupUsed: false,

    make(name, password, role) {
      admins.set(name, {
        name,
        password,
        role,
        created_at: now(),
        last_login_at: null,
        totp_enabled: false,
        recovery: [],
      });
    },
    makeUsualTwo() {
      people.make("jane", kPassword, "admin");
      people.make("victor", kPassword, "viewer");
      people.isSetupUsed = true;
    },
    enter(name, peer) {
      const admin = admins.get(name);
      admin.last_login_at = now();
      const session = {
        session_id: nextSession++,
        cookie: secret(),
        csrf_token: secret(),
        name,
        created_at: now(),
        last_used_at: now(),
        expires_at: new Date(Date.now() + kSessionMs).toISOString(),
        peer,
      };
      sessions.set(session.cookie, session);
      return session;
    },
    sessionOf(request) {
      const cookie = /gatetorio_session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
      const session = cookie && sessions.get(cookie);
      if (!session || !admins.has(session.name)) return null;
      session.last_used_at = now();
      return { ...session, role: admins.get(session.name).role };
    },
    endSessionsOf(name) {
      for (const [cookie, session] of sessions) if (session.name === name) sessions.delete(cookie);
    },
  };
  return people;
}
