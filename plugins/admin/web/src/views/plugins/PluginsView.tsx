import { useQuery } from "@tanstack/react-query";
import { ask, get } from "../../api/client";
import type { PluginEntry } from "../../api/types";
import { Empty, Loading, ViewHead } from "../../parts/layout";
import { ErrorBox } from "../../parts/notices";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { PluginCard } from "./PluginCard";

export function PluginsView() {
  const { data, error, refetch } = useQuery({
    queryKey: ["one", "/admin/plugins"],
    queryFn: ({ signal }) => get<{ plugins: PluginEntry[] }>("/admin/plugins", {}, signal),
  });
  const canSwitch = useCanSwitch();
  return (
    <>
      <ViewHead title={t.plugins.title} lead={t.plugins.lead} />
      {!canSwitch && <p className="hint hint-calm">{t.plugins.switchByHand}</p>}
      {error && !data && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.plugins.length === 0 && <Empty title={t.plugins.none} next={t.plugins.noneNext} />}
      <div className="cards">
        {data?.plugins.map((plugin) => (
          <PluginCard key={plugin.id} plugin={plugin} canSwitch={canSwitch} />
        ))}
      </div>
    </>
  );
}

/** Not every hub writes its own configuration; one that does not has no such path. */
function useCanSwitch(): boolean {
  const { canWrite } = useSession();
  const { data } = useQuery({
    queryKey: ["can", "/admin/plugins/enable"],
    queryFn: () =>
      ask("OPTIONS", "/admin/plugins/any/enable").then(
        () => true,
        () => false,
      ),
    enabled: canWrite,
    staleTime: Infinity,
  });
  return canWrite && (data ?? true);
}
