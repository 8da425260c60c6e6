// What the page has to say about an act. Errors stay until they are dismissed and say what to do.
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { t } from "../common_strings";
import { Button } from "./Button";
import { Icon } from "./Icon";

const kDoneShownMs = 6_000;

interface Notice {
  number: number;
  tone: "done" | "error";
  title: string;
  lines: string[];
}

interface Notices {
  done(title: string): void;
  failed(title: string, error: unknown): void;
}

const NoticesContext = createContext<Notices | null>(null);
let lastNumber = 0;

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (!notices) throw new Error("useNotices is used outside of NoticesProvider");
  return notices;
}

/** What went wrong and what to do about it, as sentences. */
export function errorLines(error: unknown): string[] {
  if (!(error instanceof ApiError)) return [t.errors.inPage, String(error)];
  const fields = error.fields.map((field) => t.errors.field(field.pointer.replace(/^\//, ""), field.detail));
  return [error.detail, ...fields, t.errors.advice(error.status, error.retryAfterS)];
}

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Notice[]>([]);
  const dismiss = useCallback(
    (number: number) => setShown((all) => all.filter((one) => one.number !== number)),
    [],
  );
  const show = useCallback((notice: Omit<Notice, "number">) => {
    const number = ++lastNumber;
    setShown((all) => [...all.slice(-4), { ...notice, number }]);
    return number;
  }, []);
  const notices = useMemo<Notices>(
    () => ({
      done: (title) => {
        const number = show({ tone: "done", title, lines: [] });
        setTimeout(() => dismiss(number), kDoneShownMs);
      },
      failed: (title, error) => void show({ tone: "error", title, lines: errorLines(error) }),
    }),
    [show, dismiss],
  );
  return (
    <NoticesContext value={notices}>
      {children}
      <section className="notices" aria-label={t.common.notices}>
        {shown.map((notice) => (
          <NoticeBox key={notice.number} notice={notice} onDismiss={() => dismiss(notice.number)} />
        ))}
      </section>
    </NoticesContext>
  );
}

function NoticeBox({ notice, onDismiss }: { notice: Notice; onDismiss(): void }) {
  const isError = notice.tone === "error";
  return (
    <div className={`notice notice-${notice.tone}`} role={isError ? "alert" : "status"}>
      <Icon name={isError ? "warning" : "check"} />
      <div className="notice-text">
        <strong>{notice.title}</strong>
        {notice.lines.map((line, i) => (
          <p key={i}>{line}</p>
        ))}
      </div>
      <Button kind="quiet" icon="close" isIconOnly onPress={onDismiss}>
        {t.common.dismiss}
      </Button>
    </div>
  );
}

/** An error in the place where something should be. */
export function ErrorBox({
  error,
  title,
  onRetry,
}: {
  error: unknown;
  title?: string;
  onRetry?: () => void;
}) {
  return (
    <div className="notice notice-error notice-inline" role="alert">
      <Icon name="warning" />
      <div className="notice-text">
        <strong>{title ?? t.errors.title}</strong>
        {errorLines(error).map((line, i) => (
          <p key={i}>{line}</p>
        ))}
      </div>
      {onRetry && <Button onPress={onRetry}>{t.common.retry}</Button>}
    </div>
  );
}
