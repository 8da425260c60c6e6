import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { PluginEntry } from "../../api/types";
import { Empty, Loading, ViewHead } from "../../parts/layout";
import { ErrorBox } from "../../parts/notices";
import { t } from "../../strings";
import { PluginCard } from "./PluginCard";

export function PluginsView() {
  const { data, error, refetch } = useQuery({
    queryKey: ["one", "/admin/plugins"],
    queryFn: ({ signal }) => get<{ plugins: PluginEntry[] }>("/admin/plugins", {}, signal),
  });
  return (
    <>
      <ViewHead title={t.plugins.title} lead={t.plugins.lead} />
      {error && !data && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.plugins.length === 0 && <Empty title={t.plugins.none} next={t.plugins.noneNext} />}
      <div className="cards">
        {data?.plugins.map((plugin) => (
          <PluginCard key={plugin.id} plugin={plugin} />
        ))}
      </div>
    </>
  );
}
