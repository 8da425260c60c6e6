// The parts every view is built of: its head, its panels, and what stands where there is nothing.
import { useEffect, type ReactNode } from "react";
import { Link } from "wouter";
import { t } from "../common_strings";
import { Icon } from "./Icon";

interface ViewHeadProps {
  title: string;
  /** Beside the title: a badge, a count. */
  beside?: ReactNode;
  lead?: ReactNode;
  back?: { to: string; label: string };
  children?: ReactNode;
}

export function ViewHead({ title, beside, lead, back, children }: ViewHeadProps) {
  useEffect(() => {
    document.title = t.app.pageTitle(title);
  }, [title]);
  return (
    <header className="view-head">
      {back && (
        <Link href={back.to} className="back-link">
          <Icon name="back" />
          {back.label}
        </Link>
      )}
      <div className="view-head-line">
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {beside}
        {children && <div className="view-head-buttons">{children}</div>}
      </div>
      {lead && <p className="lead">{lead}</p>}
    </header>
  );
}

export function Panel({
  title,
  beside,
  children,
}: {
  title?: string;
  beside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="panel">
      {(title || beside) && (
        <div className="panel-head">
          {title && <h2>{title}</h2>}
          {beside && <div className="panel-beside">{beside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** Says that there is nothing, and what to do next. */
export function Empty({ title, next }: { title: string; next?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {next && <p>{next}</p>}
    </div>
  );
}

export function Loading() {
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      {t.common.loading}
    </div>
  );
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
