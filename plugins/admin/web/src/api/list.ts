// One page of one of the hub's lists, with the way to the next and back.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError, get, type Query } from "./client";
import { cursorOf, firstPage, nextPage, positionOf, previousPage, type CursorPages } from "./cursor_pages";
import type { ListEnd } from "./types";

const kRowsOnPage = 50;

export interface Listing<Row> {
  rows: Row[];
  total: number | null;
  /** Which rows these are, from 1; null: none. */
  position: { first: number; last: number } | null;
  isLoading: boolean;
  /** An answer for other filters is shown while the right one is on its way. */
  isOld: boolean;
  error: Error | null;
  hasNext: boolean;
  hasPrevious: boolean;
  next(): void;
  previous(): void;
  refetch(): void;
}

export interface ListOptions {
  limit?: number;
  isEnabled?: boolean;
  /** Asks again by itself, so many milliseconds apart. */
  everyMs?: number | false;
}

type Answer = ListEnd & Record<string, unknown>;

/** Asks on where the hub has searched a piece of a large list and found less than a page. */
async function wholePage(
  url: string,
  items: string,
  query: Query,
  limit: number,
  signal: AbortSignal,
): Promise<Answer> {
  const page = await get<Answer>(url, { ...query, limit }, signal);
  const rows = [...(page[items] as unknown[])];
  let cursor = page.next_cursor;
  while (cursor && rows.length < limit) {
    const more = await get<Answer>(url, { ...query, limit: limit - rows.length, cursor }, signal);
    rows.push(...(more[items] as unknown[]));
    cursor = more.next_cursor;
  }
  return { ...page, [items]: rows, next_cursor: cursor };
}

/** `items` is the name of the list in the answer. Other filters begin at the first page. */
export function useList<Row>(
  url: string,
  items: string,
  filters: Query = {},
  options: ListOptions = {},
): Listing<Row> {
  const limit = options.limit ?? kRowsOnPage;
  const filterKey = JSON.stringify([url, filters]);
  const [place, setPlace] = useState({ filterKey, pages: firstPage });
  const pages: CursorPages = place.filterKey === filterKey ? place.pages : firstPage;
  const turnTo = (to: CursorPages) => setPlace({ filterKey, pages: to });

  const query = useQuery({
    queryKey: ["list", url, filters, limit, cursorOf(pages)],
    queryFn: ({ signal }) => wholePage(url, items, { ...filters, cursor: cursorOf(pages) }, limit, signal),
    placeholderData: keepPreviousData,
    enabled: options.isEnabled ?? true,
    refetchInterval: options.everyMs ?? false,
  });

  // A cursor of a list that has changed its order is refused; the first page is always there.
  const isCursorRefused = query.error instanceof ApiError && query.error.fieldDetail("cursor") !== null;
  useEffect(() => {
    if (isCursorRefused) setPlace({ filterKey, pages: firstPage });
  }, [isCursorRefused, filterKey]);

  const rows = (query.data?.[items] ?? []) as Row[];
  return {
    rows,
    total: query.data?.total ?? null,
    position: positionOf(pages, limit, rows.length),
    isLoading: query.isPending,
    isOld: query.isPlaceholderData,
    error: query.error,
    hasNext: Boolean(query.data?.next_cursor) && !query.isPlaceholderData,
    hasPrevious: pages.trail.length > 1,
    next: () => turnTo(nextPage(pages, query.data?.next_cursor)),
    previous: () => turnTo(previousPage(pages)),
    refetch: () => void query.refetch(),
  };
}
