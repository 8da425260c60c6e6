import { useList } from "../../api/list";
import type { SharingToken } from "../../api/types";
import { Empty } from "../../parts/layout";
import { t } from "../../strings";
import { TokenTable } from "../sharing/TokenTable";

export function DeviceTokens({ controllerId }: { controllerId: string }) {
  const list = useList<SharingToken>("/admin/sharing-tokens", "tokens", { controller_id: controllerId });
  return (
    <TokenTable
      list={list}
      withDevice={false}
      empty={<Empty title={t.sharing.none} next={t.sharing.noneNext} />}
    />
  );
}
