// The order of a list as the hub writes it: a field, `-` before it for descending.

export function sortOf(sort: string | undefined): { field: string; isDescending: boolean } {
  const isDescending = sort?.startsWith("-") ?? false;
  return { field: (isDescending ? sort?.slice(1) : sort) ?? "", isDescending };
}

/** What a press on a column's head asks for: this field, or the other way round. */
export function nextSort(sort: string | undefined, field: string): string {
  const now = sortOf(sort);
  return now.field === field && !now.isDescending ? `-${field}` : field;
}
