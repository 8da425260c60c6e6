// Places of the hub by their whole path, "/admin/devices" or "/sharing": a page that is open goes to its own ones without
// loading anew, and to those of another page as the browser does.
import type { MouseEventHandler, ReactNode } from "react";
import { Link, useLocation, useRouter } from "wouter";

/** Where in this page `path` is; null: on another one. */
export function placeInPage(path: string, base: string): string | null {
  if (path === base) return "/";
  const isInside = /^[/?#]/.test(path.slice(base.length));
  return path.startsWith(base) && isInside ? path.slice(base.length).replace(/^(?=[?#])/, "/") : null;
}

/** The whole path of what is shown now, without its query. */
export function usePlace(): string {
  const { base } = useRouter();
  const [location] = useLocation();
  return location === "/" ? base : base + location;
}

/** Goes to a path of the hub. */
export function useGo(): (path: string) => void {
  const { base } = useRouter();
  const [, navigate] = useLocation();
  return (path) => {
    const inside = placeInPage(path, base);
    if (inside === null) window.location.assign(path);
    else navigate(inside);
  };
}

interface PlaceLinkProps {
  to: string;
  className?: string;
  "aria-current"?: "page" | undefined;
  onClick?: MouseEventHandler<HTMLAnchorElement>;
  children: ReactNode;
}

export function PlaceLink({ to, children, ...rest }: PlaceLinkProps) {
  const { base } = useRouter();
  const inside = placeInPage(to, base);
  if (inside !== null) {
    return (
      <Link href={inside} {...rest}>
        {children}
      </Link>
    );
  }
  return (
    <a href={to} {...rest}>
      {children}
    </a>
  );
}
