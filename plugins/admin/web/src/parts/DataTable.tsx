// A table of one page of a list. On a phone each row becomes a card with its column's name before each value.
import {
  flexRender,
  getCoreRowModel,
  useReactTable,
  type ColumnDef,
  type RowSelectionState,
} from "@tanstack/react-table";
import { useMemo, type ReactNode } from "react";
import { ApiError } from "../api/client";
import type { Listing } from "../api/list";
import { t } from "../common_strings";
import { Checkbox } from "./fields";
import { Icon } from "./Icon";
import { Empty, Loading } from "./layout";
import { ErrorBox } from "./notices";
import { Pager } from "./Pager";
import { nextSort, sortOf } from "./sort";

export interface Column<Row> {
  id: string;
  header: string;
  cell(row: Row): ReactNode;
  /** The field by which the hub sorts; without it this column does not sort. */
  sortField?: string;
  /** "main": the card's title. "end": buttons. "wide": takes the room. */
  place?: "main" | "end" | "wide" | "number" | "code";
}

export interface Selection<Row> {
  ids: ReadonlySet<string>;
  onChange(ids: Set<string>): void;
  nameOf(row: Row): string;
}

interface DataTableProps<Row> {
  /** What the table shows, for screen readers. */
  label: string;
  columns: Column<Row>[];
  rowId(row: Row): string;
  list: Listing<Row>;
  sort?: string;
  onSort?(sort: string): void;
  selection?: Selection<Row> | undefined;
  empty: ReactNode;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { list, empty } = props;
  if (list.error instanceof ApiError && list.error.status === 404) {
    return <Empty title={t.table.notHere} next={t.table.notHereNext} />;
  }
  if (list.error && list.rows.length === 0) return <ErrorBox error={list.error} onRetry={list.refetch} />;
  if (list.isLoading) return <Loading />;
  if (list.rows.length === 0 && !list.hasPrevious) return empty;
  return (
    <div className={list.isOld ? "listing is-old" : "listing"} aria-busy={list.isOld}>
      {list.error && <ErrorBox error={list.error} onRetry={list.refetch} />}
      <Rows {...props} />
      <Pager list={list} />
    </div>
  );
}

function Rows<Row>({ label, columns, rowId, list, sort, onSort, selection }: DataTableProps<Row>) {
  const definitions = useMemo<ColumnDef<Row>[]>(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        cell: ({ row }) => column.cell(row.original),
      })),
    [columns],
  );
  const rowSelection: RowSelectionState = {};
  for (const id of selection?.ids ?? []) rowSelection[id] = true;
  const table = useReactTable({
    data: list.rows,
    columns: definitions,
    getRowId: rowId,
    getCoreRowModel: getCoreRowModel(),
    manualPagination: true,
    manualSorting: true,
    state: { rowSelection },
  });
  const rows = table.getRowModel().rows;
  const selected = rows.filter((row) => row.getIsSelected()).length;
  const toggle = (ids: string[], isSelected: boolean) => {
    const after = new Set(selection?.ids);
    ids.forEach((id) => (isSelected ? after.add(id) : after.delete(id)));
    selection?.onChange(after);
  };
  // The roles are written out because a table that is laid out as cards is no table to some browsers.
  return (
    <div className="table-frame">
      <table className="table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {selection && (
              <th role="columnheader" className="cell-select">
                <Checkbox
                  label={t.table.selectPage}
                  isSelected={selected > 0 && selected === rows.length}
                  isIndeterminate={selected > 0 && selected < rows.length}
                  onChange={(isSelected) =>
                    toggle(
                      rows.map((row) => row.id),
                      isSelected,
                    )
                  }
                />
              </th>
            )}
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={row.id} className={row.getIsSelected() ? "is-selected" : undefined}>
              {selection && (
                <td role="cell" className="cell-select">
                  <Checkbox
                    label={t.table.select(selection.nameOf(row.original))}
                    isSelected={row.getIsSelected()}
                    onChange={(isSelected) => toggle([row.id], isSelected)}
                  />
                </td>
              )}
              {row.getVisibleCells().map((cell, i) => (
                <td
                  role="cell"
                  key={cell.id}
                  data-label={columns[i]?.header}
                  className={placeClass(columns[i]?.place)}
                >
                  <div className="cell">{flexRender(cell.column.columnDef.cell, cell.getContext())}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadCellProps<Row> {
  column: Column<Row>;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const { sortField } = column;
  if (!sortField || !onSort) {
    return (
      <th role="columnheader" scope="col" className={placeClass(column.place)}>
        {column.place === "end" ? <span className="visually-hidden">{column.header}</span> : column.header}
      </th>
    );
  }
  const { field, isDescending } = sortOf(sort);
  const isSorted = field === sortField;
  const ariaSort = isSorted ? (isDescending ? "descending" : "ascending") : "none";
  return (
    <th role="columnheader" scope="col" aria-sort={ariaSort} className={placeClass(column.place)}>
      <button type="button" className="sort-button" onClick={() => onSort(nextSort(sort, sortField))}>
        {column.header}
        {isSorted && <Icon name={isDescending ? "down" : "up"} />}
      </button>
    </th>
  );
}

function placeClass(place: Column<unknown>["place"]): string | undefined {
  return place ? `cell-${place}` : undefined;
}
