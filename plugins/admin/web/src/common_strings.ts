// The words of what every page is built of: the parts, the menu, errors. A page's own words are in a catalogue of its own
// (src/strings.ts of the admin's page).

export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export const t = {
  app: {
    name: "Gatetorio",
    pageTitle: (view: string) => `${view} · Gatetorio`,
    skipToContent: "Skip to the content",
    noSuchView: "There is no such page",
    noSuchViewNext: "Choose one from the menu.",
    noAdmin: "This hub has no admin's login",
    noAdminNext: "Pages need the plugin admin. Put it into hub.plugins and restart the hub.",
  },

  common: {
    cancel: "Cancel",
    close: "Close",
    delete: "Delete",
    save: "Save",
    retry: "Try again",
    dismiss: "Dismiss",
    copy: "Copy",
    copied: "Copied",
    haveSavedIt: "I have saved it",
    haveSavedThem: "I have saved them",
    saveKeys: "Save the keys as CSV",
    loading: "Loading …",
    notices: "Messages",
    never: "never",
    noEnd: "no end",
    nothing: "–",
    online: "online",
    offline: "offline",
    deletedDevice: "deleted device",
    on: "on",
    off: "off",
  },

  theme: {
    label: "Colours",
    choices: [
      { value: "system", label: "As the system" },
      { value: "light", label: "Light" },
      { value: "dark", label: "Dark" },
    ],
  },

  menu: {
    label: "Main menu",
    open: "Open the menu",
    gates: "Gates",
    people: "People",
    system: "System",
    pluginPages: "From plugins",
    overview: "Overview",
    devices: "Devices",
    commands: "Commands",
    files: "Files",
    enrolment: "Enrolment",
    users: "Users",
    sites: "Sites",
    monitoring: "Monitoring",
    audit: "Audit log",
    jobs: "Jobs",
    plugins: "Plugins",
    admins: "Admins",
    waiting: "devices wait for approval",
  },

  live: {
    live: "Live",
    notLive: "Not live",
    stale:
      "The connection to the hub is lost. What you see may be old. Nothing that moves a gate can be pressed until the page is in step again. It reconnects by itself.",
    resyncing: "The hub is back. The page asks for everything anew …",
  },

  errors: {
    title: "This could not be loaded",
    inPage: "Something in this page is wrong. Reload it.",
    slow: "The hub did not answer within 30 seconds.",
    unreachable: "The hub cannot be reached.",
    withoutWords: (status: number) => `The hub answered with status ${status}.`,
    field: (name: string, detail: string) => `${name}: ${detail}`,
    advice: (status: number, retryAfterS: number | null) => {
      const wait = retryAfterS ? `Wait ${plural(retryAfterS, "second", "seconds")} and try again.` : "";
      switch (status) {
        case 0:
          return "Check your network, and whether the hub runs. Before you repeat it, look whether it was done.";
        case 400:
        case 422:
          return "Correct what is named here and try again.";
        case 401:
          return "Check what you typed, and log in again.";
        case 403:
          return "Ask an admin for the right to do this, or reload the page if you should have it.";
        case 404:
          return "It may have been deleted or renamed. Go back to the list.";
        case 409:
          return "Look at the present state first, then decide again.";
        case 410:
          return "It has ended. Make a new one.";
        case 412:
          return "Somebody else changed it. Reload it and look before you save.";
        case 429:
          return wait || "That was too often. Wait a minute and try again.";
        case 501:
          return "This hub cannot do it. A restart with a changed configuration may.";
        case 503:
          return wait || "Try again in a moment. If it stays so, look at Monitoring and the hub's log.";
        case 504:
          return "It may have been done or not. Look before you repeat it.";
        case 507:
          return "Make room on the hub's disk, or delete old files.";
        default:
          return "Try again once. If it stays so, look into the hub's log.";
      }
    },
  },

  session: {
    logOut: "Log out",
    notLoggedOut: "You are still logged in",
  },

  terms: {
    from: (at: string) => `from ${at}`,
    except: (days: string) => `not on ${days}`,
    uses: (uses: number | null, most: number) => {
      const words = plural(most, "use", "uses");
      return uses === null ? words : `${uses} of ${words}`;
    },
  },

  table: {
    saveCsv: "Save as CSV",
    saveJson: "Save as JSON",
    notSaved: "The list was not saved",
    any: "any",
    filters: "Filters",
    clearFilters: "Clear filters",
    from: "From",
    until: "Until",
    pages: "Pages",
    next: "Next",
    previous: "Previous",
    position: (first: number, last: number, total: number | null) =>
      total === null ? `${first} to ${last}` : `${first} to ${last} of ${total.toLocaleString("en")}`,
    noMore: "Nothing more",
    selectPage: "Select all rows of this page",
    select: (name: string) => `Select ${name}`,
    selected: (count: number) => `${count} selected`,
    clearSelection: "Clear selection",
    notHere: "This hub does not keep such a list",
    notHereNext: "The plugin that keeps it may be switched off, or still starting. Look at Plugins.",
    noMatch: "Nothing matches these filters",
    noMatchNext: "Change or clear the filters above.",
  },

  chart: {
    asTable: "Table",
    asLine: "Chart",
    toggleOf: (title: string, isTable: boolean) => `${title}: show as ${isTable ? "chart" : "table"}`,
    summary: (title: string, now: string, unit: string) => `${title}: ${now} ${unit} now`,
    collecting: "Collecting, a few seconds …",
    time: "Time",
  },

  job: {
    started: (count: number) => `Started for ${plural(count, "item", "items")}`,
    notStarted: "The job was not started",
  },

  person: {
    admin: "admin",
    unnamed: (id: number | string) => `User ${id}`,
  },
};
