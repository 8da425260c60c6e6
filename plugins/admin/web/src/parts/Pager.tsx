import type { Listing } from "../api/list";
import { t } from "../common_strings";
import { Button } from "./Button";

export function Pager({ list }: { list: Listing<unknown> }) {
  const { position, total } = list;
  const words = position ? t.table.position(position.first, position.last, total) : t.table.noMore;
  if (!position && !list.hasPrevious) return null;
  const hasPages = list.hasNext || list.hasPrevious;
  return (
    <nav className="pager" aria-label={t.table.pages}>
      <p role="status">{words}</p>
      {hasPages && (
        <div className="pager-buttons">
          <Button icon="back" onPress={list.previous} isDisabled={!list.hasPrevious}>
            {t.table.previous}
          </Button>
          <Button icon="chevron" onPress={list.next} isDisabled={!list.hasNext}>
            {t.table.next}
          </Button>
        </div>
      )}
    </nav>
  );
}
