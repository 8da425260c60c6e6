import { useLive } from "../live/LiveProvider";
import { Icon } from "../parts/Icon";
import { t } from "../common_strings";

/** Says that what is shown may be old; what moves a gate is disabled meanwhile. */
export function StaleBanner() {
  const live = useLive();
  return (
    <div role="alert">
      {live.isStale && (
        <div className="stale-banner">
          <Icon name="warning" />
          <p>{live.isResyncing ? t.live.resyncing : t.live.stale}</p>
        </div>
      )}
    </div>
  );
}
