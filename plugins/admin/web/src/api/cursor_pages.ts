// The way through a list that knows only "what follows this cursor": the cursors of the pages that were seen are
// kept, so that one can go back.

export interface CursorPages {
  /** The cursors of the pages before this one and of this one; the first page has none. */
  readonly trail: readonly (string | null)[];
}

export const firstPage: CursorPages = { trail: [null] };

export function cursorOf(pages: CursorPages): string | null {
  return pages.trail[pages.trail.length - 1] ?? null;
}

/** Unchanged where there is no next page. */
export function nextPage(pages: CursorPages, nextCursor: string | null | undefined): CursorPages {
  return nextCursor ? { trail: [...pages.trail, nextCursor] } : pages;
}

export function previousPage(pages: CursorPages): CursorPages {
  return pages.trail.length > 1 ? { trail: pages.trail.slice(0, -1) } : pages;
}

export interface Position {
  first: number;
  last: number;
}

/** Which rows are shown, counted from 1; null where there are none. */
export function positionOf(pages: CursorPages, limit: number, rows: number): Position | null {
  if (rows === 0) return null;
  const before = (pages.trail.length - 1) * limit;
  return { first: before + 1, last: before + rows };
}
