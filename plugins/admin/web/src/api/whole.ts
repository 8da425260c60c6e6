// A list that the hub gives in pages by `after`, read to its end: for lists that are short by nature.
import { useQuery } from "@tanstack/react-query";
import { get, type Query } from "./client";
import type { Listing } from "./list";

type Answer = Record<string, unknown> & { next?: number | null };

/** `items` is the name of the list in the answer. */
export function useWholeList<Row>(url: string, items: string): Listing<Row> {
  const query = useQuery({
    queryKey: ["whole", url],
    queryFn: async ({ signal }) => {
      const rows: Row[] = [];
      let after: Query = {};
      for (;;) {
        const page = await get<Answer>(url, after, signal);
        rows.push(...(page[items] as Row[]));
        if (!page.next) return rows;
        after = { after: page.next };
      }
    },
  });
  const rows = query.data ?? [];
  return {
    rows,
    total: query.data ? rows.length : null,
    position: rows.length > 0 ? { first: 1, last: rows.length } : null,
    isLoading: query.isPending,
    isOld: false,
    error: query.error,
    hasNext: false,
    hasPrevious: false,
    next: () => undefined,
    previous: () => undefined,
    refetch: () => void query.refetch(),
  };
}
