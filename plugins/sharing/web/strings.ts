// Every word of this page that is not one of the kit's.
import { kitStrings, plural } from "@gatetorio/admin-kit";

export const t = {
  table: {
    any: kitStrings.table.any,
    noMatch: kitStrings.table.noMatch,
    noMatchNext: kitStrings.table.noMatchNext,
  },

  columns: {
    acts: "Actions",
    device: "Device",
    expires: "Ends",
    level: "Level",
    madeBy: "Made by",
    notes: "Notes",
    state: "State",
    token: "Token",
    usedBy: "Used by",
    when: "When",
  },

  sharing: {
    title: "Sharing tokens",
    lead: "Links by which somebody is given access. Only the first characters are shown.",
    states: {
      open: "open",
      used: "used",
      expired: "expired",
      revoked: "revoked",
    },
    none: "There are no sharing tokens",
    noneNext: "Owners make them in their app when they share a device. An admin makes one here.",
    revoke: "Revoke",
    revokeTitle: (token: string) => `Revoke ${token}?`,
    revokeManyTitle: (count: number) => `Revoke ${plural(count, "sharing token", "sharing tokens")}?`,
    revokeText: "Nobody can use it any more. Access that came of it stays; remove that under Users.",
    revokeUsedText: "The token ends, and the access that came of it ends too, within a second.",
    revoked: (token: string) => `${token} was revoked`,
    notRevoked: (token: string) => `${token} was not revoked`,
  },

  create: {
    open: "New token",
    title: "New sharing token",
    text: "Whoever has it gets access to this one device. It works once.",
    device: "Device",
    deviceHelp: "Its id, as in the list of devices.",
    level: "Access",
    levels: [
      { value: "engineer", label: "engineer: moves the gate, sees files" },
      { value: "readonly", label: "readonly: sees the status only" },
      { value: "owner", label: "owner: everything, and may share it on" },
    ],
    hours: "The token can be used for hours",
    accessHours: "The access then lasts hours",
    accessHoursHelp: "Empty: until somebody takes it.",
    notes: "For whom, or what for",
    make: "Make token",
    cancel: kitStrings.common.cancel,
    failed: "The token was not made",
  },

  made: {
    title: (device: string) => `Access to ${device}`,
    text: "Let the person scan this with the app, or send the link. It is not shown again.",
    until: (at: string) => `It can be used once, until ${at}.`,
    qr: "QR code of the link; the same link stands below as text",
    done: kitStrings.common.haveSavedIt,
  },
};
