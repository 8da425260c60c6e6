import type { ReactNode } from "react";
import { t } from "../common_strings";
import { Button } from "./Button";

/** What can be done with the rows that are selected; stays in sight while one scrolls. */
export function BulkBar({
  count,
  onClear,
  children,
}: {
  count: number;
  onClear(): void;
  children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <div className="bulk-bar" role="group" aria-label={t.table.selected(count)}>
      <p role="status">{t.table.selected(count)}</p>
      {children}
      <Button kind="quiet" onPress={onClear}>
        {t.table.clearSelection}
      </Button>
    </div>
  );
}
