import { openPage } from "@gatetorio/admin-kit";
import { SharingView } from "./SharingView";

openPage({ path: "/sharing", view: <SharingView /> });
