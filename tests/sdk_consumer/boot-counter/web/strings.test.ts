import { testCatalogue } from "@gatetorio/admin-kit/testing";
import { t } from "./strings";

testCatalogue(t, __dirname);
