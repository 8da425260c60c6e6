import type { FileDiff } from "../../api/types";
import { t } from "../../strings";

/** Lines with + are new, lines with - are gone; told by their sign, not by colour alone. */
export function DiffText({ diff }: { diff: FileDiff }) {
  if (diff.is_same) return <p>{t.files.same}</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <pre className="diff mono" tabIndex={0} role="region" aria-label={t.files.compare}>
      {diff.diff.split("\n").map((line, i) => (
        <span
          key={i}
          className={line.startsWith("+") ? "diff-new" : line.startsWith("-") ? "diff-gone" : undefined}
        >
          {`${line}\n`}
        </span>
      ))}
    </pre>
  );
}
