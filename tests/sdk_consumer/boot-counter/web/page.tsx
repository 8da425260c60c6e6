import { openPage } from "@gatetorio/admin-kit";
import { BootsView } from "./BootsView";

openPage({ path: "/boot-counter", view: <BootsView /> });
