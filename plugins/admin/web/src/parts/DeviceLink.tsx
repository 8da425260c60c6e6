import { Link } from "wouter";
import { t } from "../strings";
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
    <Link href={`/devices/${encodeURIComponent(controllerId)}${tab ? `?tab=${tab}` : ""}`}>
      <Given text={controllerId} />
    </Link>
  );
}
