import { t } from "../common_strings";
import { PlaceLink } from "./places";
import { Given } from "./Words";

interface DeviceLinkProps {
  /** Null where the device has been deleted. */
  controllerId: string | null;
  /** Where to land on its page. */
  tab?: string;
}

export function DeviceLink({ controllerId, tab }: DeviceLinkProps) {
  if (controllerId === null) return <span className="faint">{t.common.deletedDevice}</span>;
  return (
    <PlaceLink to={`/admin/devices/${encodeURIComponent(controllerId)}${tab ? `?tab=${tab}` : ""}`}>
      <Given text={controllerId} />
    </PlaceLink>
  );
}
