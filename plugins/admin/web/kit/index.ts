// What a page of a plugin is built of: import from "@gatetorio/admin-kit" and from nowhere else in here. A name that is
// here stays; what is beside it may change. How to make a page: docs/plugin-guide/pages.md.

export { openPage, type PluginPageSettings } from "./open_page";

// The hub
export { ApiError, ask, get, patch, path, post, remove, type Query } from "../src/api/client";
export { useList, type Listing, type ListOptions } from "../src/api/list";
export type { AccessLevel, DeviceEntry, JobKind, ListEnd, Role, Session } from "../src/api/types";
export { useSession } from "../src/session/session";
export { useLive } from "../src/live/LiveProvider";
export { useAction, type Action, type ActionWords } from "../src/parts/action";
export { useStartJob } from "../src/parts/start_job";

// Parts
export { BulkBar } from "../src/parts/BulkBar";
export { Button, type ButtonProps } from "../src/parts/Button";
export { ConfirmButton } from "../src/parts/ConfirmButton";
export { DataTable, type Column, type Selection } from "../src/parts/DataTable";
export { DeviceLink } from "../src/parts/DeviceLink";
export { DialogBox } from "../src/parts/DialogBox";
export { Checkbox, SelectField, TextField, type Choice } from "../src/parts/fields";
export { FilterBar, FilterText, useFilters, type Filters } from "../src/parts/filters";
export { formatBytes, formatMoment, formatNumber, formatRelative, formatSpan } from "../src/parts/format";
export { termsText, type Terms } from "../src/parts/terms";
export { Icon, type IconName } from "../src/parts/Icon";
export { Empty, Fact, Facts, Loading, Panel, ViewHead } from "../src/parts/layout";
export { ErrorBox, useNotices } from "../src/parts/notices";
export { Person } from "../src/parts/Person";
export { PlaceLink, useGo, usePlace } from "../src/parts/places";
export { QrCode } from "../src/parts/QrCode";
export { SecretOnce, SecretText } from "../src/parts/SecretOnce";
export { SecretsOnce } from "../src/parts/SecretsOnce";
export { TimeRange } from "../src/parts/TimeRange";
export { Ago, Badge, Given, LevelBadge, Moment, OnlineBadge, type Tone } from "../src/parts/Words";

// Words of the parts that a page may say as well
export { plural, t as kitStrings } from "../src/common_strings";
