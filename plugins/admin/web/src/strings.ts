// Every word that the page says, in one place. Texts with something inside are functions. Plain English: a reader who
// learnt it at school understands each sentence. Names of states as the hub sends them are translated here, too.

const commandState = {
  sent: "sent",
  delivered: "delivered",
  acknowledged: "acknowledged",
  moving: "moving",
  completed: "completed",
  reversed: "reversed",
  merged: "merged",
  failed: "failed",
  expired: "expired",
} as const;

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export const t = {
  app: {
    name: "Gatetorio",
    pageTitle: (view: string) => `${view} · Gatetorio`,
    skipToContent: "Skip to the content",
    noSuchView: "There is no such page",
    noSuchViewNext: "Choose one from the menu.",
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
    sharing: "Sharing tokens",
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

  login: {
    title: "Log in",
    name: "Name",
    password: "Password",
    code: "Code (only if you use one)",
    codeHelp: "From your authenticator app, or a recovery code.",
    logIn: "Log in",
    running: "Logging in …",
    failed: "You are not logged in",
    ended: "Your session has ended. Log in again to go on where you were.",
    firstTime: "First time here, or password forgotten?",
    firstTimeLog:
      "A hub without an admin prints a one-time link when it starts: in the terminal, or with systemd in its journal. Open it within 30 minutes; it makes the first admin.",
    firstTimeCommand: "For a new link, run this on the hub's machine:",
    command: "gatetorio-hub admin create --config FILE",
    forgotten: "For a new password of an admin, run this and open the link that it prints:",
    resetCommand: "gatetorio-hub admin reset --config FILE --name NAME",
  },

  setup: {
    title: "Set up your admin",
    lead: "You opened a one-time link of this hub. Choose the name and the password of the admin. If the link is for a new password, give the same name as before.",
    nameHelp: "Your own name is best: it stands beside everything you do.",
    passwordHelp: "At least 8 characters; longer is better. A few unrelated words are good.",
    repeat: "Password again",
    different: "The two passwords differ.",
    create: "Save and log in",
    running: "One moment …",
    failed: "Nothing was saved",
    overTitle: "This link has ended",
    overNext:
      "A one-time link works once, for 30 minutes. If an admin was made by it, log in. For a new link, run this on the hub's machine:",
    toLogin: "To the login",
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

  columns: {
    action: "Action",
    acts: "Actions",
    added: "Added",
    answer: "Answer",
    asked: "Asked",
    command: "Command",
    detail: "Detail",
    device: "Device",
    devices: "Devices",
    expires: "Ends",
    file: "File",
    firmware: "Firmware",
    hardware: "Hardware",
    id: "Id",
    item: "What",
    job: "Job",
    kind: "Kind",
    lastSeen: "Last seen",
    level: "Level",
    madeBy: "Made by",
    name: "Name",
    notes: "Notes",
    outcome: "Outcome",
    peer: "From address",
    role: "Role",
    sender: "Sent by",
    sent: "Sent",
    since: "Since",
    size: "Size",
    source: "Given by",
    started: "Started",
    startedBy: "Started by",
    state: "State",
    target: "On",
    time: "Time",
    token: "Token",
    usedBy: "Used by",
    user: "User",
    uses: "Uses",
    who: "Who",
  },

  commandState,

  chart: {
    asTable: "Table",
    asLine: "Chart",
    toggleOf: (title: string, isTable: boolean) => `${title}: show as ${isTable ? "chart" : "table"}`,
    summary: (title: string, now: string, unit: string) => `${title}: ${now} ${unit} now`,
    collecting: "Collecting, a few seconds …",
    time: "Time",
  },

  overview: {
    title: "Overview",
    healthy: "healthy",
    running: (version: string, since: string) => `Version ${version}, running for ${since}`,
    charts: "Live",
    devicesOnline: "Devices online",
    of: (total: string) => `of ${total}`,
    seeOffline: (count: string) => `${count} offline, longest first`,
    seeDevices: "See all devices",
    commandsLastHour: "Commands in the last hour",
    perMinute: (count: string) => `${count} a minute`,
    requests: "Requests",
    latency: "Time to answer",
    unitDevices: "devices",
    unitPerSecond: "a second",
    unitMs: "ms on average",
    health: "Health",
    fact: (name: string) => {
      const words: Record<string, string> = {
        mqtt_connected: "Broker connected",
        database_connected: "Database connected",
      };
      return words[name] ?? name.replace(/_/g, " ");
    },
    yes: "yes",
    no: "no",
    latestCommands: "Latest commands",
    allCommands: "All commands",
  },

  person: {
    admin: "admin",
  },

  devices: {
    title: "Devices",
    longestOffline: "Offline now, longest first",
    search: "Search",
    searchHint: "Part of id, name, hardware",
    offlineFor: "Offline for",
    anyTime: "any time",
    fiveMinutes: "more than 5 minutes",
    oneHour: "more than 1 hour",
    oneDay: "more than 1 day",
    oneWeek: "more than 1 week",
    none: "There are no devices yet",
    noneNext: "A device appears here when it registers.",
    toEnrolment: "Make an enrolment key for it.",
    deleteManyTitle: (count: number) => `Delete ${plural(count, "device", "devices")}?`,
    deleteManyText:
      "Their credentials die at once and they are cut off. Their users, sharing tokens, files and history go with them. This cannot be undone.",
  },

  device: {
    tabs: "What to see of this device",
    now: "Now",
    presence: "Presence",
    users: "Users of this device",
    noUsers: "Nobody has access",
    noUsersNext: "Pair a user at the gate, or let an owner share it.",
    lastStatus: "Last status",
    noStatus: "No status yet",
    noStatusNext: "It appears here as soon as the device says something.",
    rename: "Rename",
    renameTitle: "Rename this device",
    controllerIdHelp: "The device is addressed by this. Apps find it under the new one at once.",
    renamed: (name: string) => `Saved: ${name}`,
    notRenamed: "The device was not renamed",
    release: "Re-enrol",
    releaseTitle: (name: string) => `Re-enrol ${name}?`,
    releaseText:
      "For a replaced SD card: you get a key with which this hardware registers once and gets new credentials. The old ones die at that moment. An earlier key of this device stops working.",
    releaseKeyTitle: "Key for the new card",
    releaseKeyText: (until: string) =>
      `Write it into the image of the new card. It works once, until ${until}. It is not shown again.`,
    notReleased: (name: string) => `No key was made for ${name}`,
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteText:
      "Its credentials die at once and it is cut off. Its users, sharing tokens, files and history go with it. This cannot be undone.",
    deleted: (name: string) => `${name} was deleted`,
    notDeleted: (name: string) => `${name} was not deleted`,
  },

  conflict: {
    text: "Somebody else changed this device while you were editing. Nothing of yours is saved yet.",
    seen: "You saw",
    now: "It is now",
    wanted: "You want",
    takeTheirs: "Keep what is there now",
    overwrite: "Overwrite with mine",
  },

  console: {
    title: "Send a command",
    offline:
      "The device is offline. Commands can be sent when it is connected again; none is kept for later.",
    stale: "The page is not in step with the hub. You can send when it is live again.",
    inNameOf: (name: string) => `Sent in your name, ${name}. It stands in the audit log.`,
    open: "Open",
    close: "Close",
    stop: "Stop",
    openTitle: (name: string) => `Open ${name} now?`,
    closeTitle: (name: string) => `Close ${name} now?`,
    sendTitle: (name: string) => `Send this to ${name} now?`,
    moveText: "The gate moves at once. Be sure that nobody stands in its way.",
    other: "Another command",
    json: "Command (a JSON object)",
    jsonHelp: "Goes to the device as you write it.",
    noObject: "This is no JSON object.",
    send: "Send",
    notSent: "The command was not sent",
    stateWords: {
      sent: "The broker has it. The device has not answered yet.",
      delivered: "The device has got it. It has not answered yet.",
      acknowledged: "The device says that it does it.",
      moving: "The gate moves.",
      completed: "The gate has come to where it should.",
      reversed: "The gate turned round on its way. Look why before you move it again.",
      merged: "Somebody else had asked for the same; it was sent once.",
      failed: "It was not done.",
      expired: "The device did not answer in time. Look at its last status before you repeat it.",
    },
  },

  presence: {
    from: "Online from",
    until: "Until",
    goesOn: "still online",
    lasted: "Lasted",
    via: "Known by",
    endedBy: "Ended because",
    none: "It has never been online",
    noneNext: "Check its power, its network and the address of the hub in its settings.",
    viaWords: (via: string) => {
      const words: Record<string, string> = {
        mqtt: "connection to the broker",
        heartbeat: "heartbeat",
        status: "status message",
      };
      return words[via] ?? via;
    },
    endWords: (reason: string | null) => {
      const words: Record<string, string> = {
        closed: "the device closed the connection",
        timeout: "nothing came in time",
        "hub restarted": "the hub restarted",
        "broker died": "the broker died",
      };
      return reason === null ? "unknown" : (words[reason] ?? reason);
    },
  },

  users: {
    title: "Users",
    lead: "People whose apps have access to devices.",
    search: "Search by name",
    unnamed: (id: number | string) => `User ${id}`,
    idIs: (id: string) => `User id ${id}`,
    none: "There are no users yet",
    noneNext: "A user appears when a device authorises one, or redeems a sharing token.",
    access: "Access to devices",
    noAccess: "No access to any device",
    noAccessNext: "Delete this user, or let an owner share a device with them.",
    removeGrant: "Remove",
    removeGrantTitle: (name: string, device: string) => `Take ${name}'s access to ${device}?`,
    removeGrantText:
      "The app of this person is cut off within a second. An owner or the device can give access again.",
    grantRemoved: (name: string, device: string) => `${name} has no access to ${device} any more`,
    grantNotRemoved: (name: string, device: string) => `${name} still has access to ${device}`,
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteManyTitle: (count: number) => `Delete ${plural(count, "user", "users")}?`,
    deleteManyText: "All access of these people to all devices ends within a second. This cannot be undone.",
    deleteText: "All access of this person to all devices ends within a second. This cannot be undone.",
    deleted: (name: string) => `${name} was deleted`,
    notDeleted: (name: string) => `${name} was not deleted`,
  },

  sharing: {
    title: "Sharing tokens",
    lead: "Links by which an owner gives somebody access. Only the first characters are shown.",
    states: { open: "open", used: "used", expired: "expired", revoked: "revoked" },
    none: "There are no sharing tokens",
    noneNext: "Owners make them in their app when they share a device.",
    revoke: "Revoke",
    revokeTitle: (token: string) => `Revoke ${token}?`,
    revokeManyTitle: (count: number) => `Revoke ${plural(count, "sharing token", "sharing tokens")}?`,
    revokeText: "Nobody can use it any more. Access that came of it stays; remove that under Users.",
    revokeUsedText: "The token ends, and the access that came of it ends too, within a second.",
    revoked: (token: string) => `${token} was revoked`,
    notRevoked: (token: string) => `${token} was not revoked`,
  },

  files: {
    deleteManyTitle: (count: number) => `Delete ${plural(count, "file", "files")}?`,
    deleteManyText: "Their content is gone for good. This cannot be undone.",
    title: "Files",
    lead: "Configurations, logs and firmware of devices.",
    none: "There are no files",
    noneNext: "They appear when a device or an app uploads one.",
    download: "Download",
    notDownloaded: (name: string) => `${name} was not downloaded`,
    noContent: "The hub has no content of this file.",
    compare: "Compare",
    notCompared: "The files were not compared",
    diffTitle: (name: string) => `What ${name} changed`,
    same: "Both files say the same.",
    restore: "Restore",
    restoreTitle: (name: string, device: string) => `Offer ${name} to ${device} again?`,
    restoreText: "The device is told now, or when it connects. It may change how the gate works.",
    restored: (name: string) => `${name} is offered to the device`,
    notRestored: (name: string) => `${name} was not restored`,
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteText: "The content is gone, for the device and for all its users. This cannot be undone.",
    deleted: (name: string) => `${name} was deleted`,
    notDeleted: (name: string) => `${name} was not deleted`,
  },

  commands: {
    title: "Commands",
    lead: "Who moved which gate, and what came of it. Newest first.",
    none: "No commands yet",
    noneNext: "Open a device to send one; those of apps appear here as well.",
  },

  audit: {
    title: "Audit log",
    lead: "Every write, also refused and failed ones. Newest first.",
    outcomeChoices: [
      { value: "", label: "any" },
      { value: "ok", label: "done" },
      { value: "refused", label: "refused" },
      { value: "failed", label: "failed by the hub" },
    ],
    none: "No entries",
    noneNext: "Whatever is changed is written down here.",
  },

  enrolment: {
    title: "Enrolment",
    lead: "How new devices come to this hub.",
    waiting: "Waiting for approval",
    noneWaiting: "No device waits",
    noneWaitingNext: "With the policy “approval”, new devices appear here when they are switched on.",
    rivals: (count: number) => `${count} callers`,
    rivalsText:
      "Several callers say that they are the same hardware. At most one of them is. Compare address and time with the device in your hand; when in doubt deny all of them and switch the device on again.",
    approve: "Approve",
    approved: (name: string) => `${name} may register`,
    notApproved: (name: string) => `${name} was not approved`,
    approveManyTitle: (count: number) => `Approve ${plural(count, "device", "devices")}?`,
    approveManyText: "Each may register and gets credentials of its own. Approve only what you know.",
    deny: "Deny",
    denyTitle: (name: string) => `Turn ${name} away?`,
    denyManyTitle: (count: number) => `Turn ${plural(count, "device", "devices")} away?`,
    denyText: "What it asked for ends. It can ask again when it is switched on.",
    denied: (name: string) => `${name} was turned away`,
    notDenied: (name: string) => `${name} was not turned away`,
    keys: "Enrolment keys",
    noKeys: "There are no keys",
    noKeysNext:
      "With the policy “key”, a new device needs one to register. Make one and put it into the device.",
    unnamedKey: (id: number | string) => `Key ${id}`,
    uses: (uses: number, most: number | null) => (most ? `${uses} of ${most}` : `${uses}`),
    newKey: "New key",
    make: "Make key",
    nameHelp: "What it is for, so that you know it in this list.",
    maxUses: "How many devices",
    hours: "Good for hours",
    notMade: "The key was not made",
    secretTitle: "The new enrolment key",
    secretText: "Put it into the device's settings. It is not shown again.",
    deleteKeyTitle: (name: string) => `Delete ${name}?`,
    deleteKeyText: "No device can register with it any more. Devices that did stay.",
    keyDeleted: (name: string) => `${name} was deleted`,
    keyNotDeleted: (name: string) => `${name} was not deleted`,
  },

  jobs: {
    title: "Jobs",
    lead: "Work on many things at once, with a result for each.",
    progress: "Progress",
    none: "No jobs yet",
    noneNext: "Select several devices, users or tokens in their lists to begin one.",
    one: (id: string) => `Job ${id}`,
    started: (count: number) => `Started for ${plural(count, "item", "items")}`,
    notStarted: "The job was not started",
    startedBy: (name: string) => `Started by ${name}`,
    kinds: {
      "approve-devices": "Approve devices",
      "deny-devices": "Turn devices away",
      "delete-devices": "Delete devices",
      "delete-files": "Delete files",
      "delete-users": "Delete users",
      "delete-enrolment-keys": "Delete enrolment keys",
      "revoke-sharing-tokens": "Revoke sharing tokens",
    },
    states: { running: "running", done: "done", cancelled: "cancelled" },
    withFailures: "done, with failures",
    cancel: "Stop this job",
    cancelTitle: "Stop this job?",
    cancelText: "What it has done stays done. What still waits is left as it is.",
    wasCancelled: "The job was stopped",
    notCancelled: "The job goes on",
    count: (done: number, total: number, failed: number) =>
      failed > 0 ? `${done} of ${total}, ${failed} failed` : `${done} of ${total}`,
    rows: "Results",
    rowStates: { waiting: "waiting", done: "done", failed: "failed" },
    noRows: "No results yet",
  },

  plugins: {
    title: "Plugins",
    lead: "What this hub is made of, and how each part is set.",
    switchByHand:
      "To switch a plugin on or off, change the list of plugins in the hub's configuration and restart the hub.",
    none: "No plugins",
    noneNext: "Look at the list of plugins in the hub's configuration.",
    version: "Version",
    provides: "Provides",
    requires: "Requires",
    disabled: "off after the next start",
    configuration: (count: number) => `Configuration (${count})`,
    configurationOf: (id: string) => `Configuration of ${id}`,
    noOptions: "It has no options.",
    option: "Option",
    value: "Value",
    from: "From",
    isDefault: "default",
    secret: "secret, not shown",
    enable: {
      label: "Enable",
      title: (id: string) => `Enable ${id}?`,
      text: "It is written into the configuration and holds after the next start of the hub.",
      failed: (id: string) => `${id} was not enabled`,
    },
    disable: {
      label: "Disable",
      title: (id: string) => `Disable ${id}?`,
      text: "It is written into the configuration and holds after the next start of the hub. What needs this plugin will not start either.",
      failed: (id: string) => `${id} was not disabled`,
    },
  },

  monitoring: {
    title: "Monitoring",
    lead: "What the hub measures of itself, every 5 seconds. The charts begin when this page is opened.",
    live: "Live",
    collectingNext: "The first values come within 10 seconds.",
    perSecond: "a second",
    ms: "ms on average",
    open: "open",
    operations: "Operations",
    latency: "Time to answer",
    serverErrors: "Answers with an error of the hub (5xx)",
    streams: "Event streams",
    mqttSessions: "Devices and apps at the broker",
    statuses: "Status messages",
    commits: "Database commits",
    commitTime: "Time of a commit",
    any: "Any metric",
    metric: "Metric",
    value: "Value",
    numbers: "All numbers",
    prometheus: "For Prometheus",
    find: "Find a metric",
  },

  admins: {
    title: "Admins",
    admins: "Admins",
    tokens: "API tokens",
    sessions: "Sessions",
    account: "My account",
    secondFactor: "Second factor",
    lastLogin: "Last login",
    lastUsed: "Last used",
    none: "There are no admins",
    noneNext: "Add one for each person, so that the audit log names people.",
    add: "Add admin",
    roleChoices: [
      { value: "viewer", label: "viewer: sees all, changes nothing" },
      { value: "admin", label: "admin: may do everything" },
    ],
    made: (name: string) => `${name} was added`,
    notMade: "The admin was not added",
    makeRole: (role: string) => `Make ${role}`,
    makeRoleTitle: (name: string, role: string) => `Make ${name} ${role}?`,
    roleText: {
      admin: "This person may then do everything here, also move gates and remove other admins.",
      viewer: "This person then sees everything and changes nothing.",
    },
    roleChanged: (name: string, role: string) => `${name} is ${role} now`,
    notChanged: (name: string) => `${name} was not changed`,
    setPassword: "Set password",
    setPasswordTitle: (name: string) => `New password for ${name}`,
    currentPassword: "Your password now",
    newPassword: "New password",
    passwordChanged: (name: string) => `${name} has a new password`,
    deleteTitle: (name: string) => `Delete admin ${name}?`,
    deleteText:
      "This person is logged out at once and cannot log in any more. What they did stays in the audit log.",
    deleted: (name: string) => `${name} was deleted`,
    notDeleted: (name: string) => `${name} was not deleted`,
    newToken: "New token",
    tokenNameHelp: "What uses it, for example “backup script”.",
    days: "Good for days",
    daysHelp: "Empty: no end.",
    tokenNotMade: "The token was not made",
    tokenTitle: "The new API token",
    tokenText: "Put it where it is used, as a bearer token. It is not shown again.",
    noTokens: "There are no API tokens",
    noTokensNext: "Make one for each program that uses the API.",
    deleteTokenTitle: (name: string) => `Delete the token ${name}?`,
    deleteTokenText: "Whatever uses it is refused at once.",
    tokenDeleted: (name: string) => `The token ${name} was deleted`,
    tokenNotDeleted: (name: string) => `The token ${name} was not deleted`,
    thisOne: "this one",
    loggedIn: "Logged in",
    sessionEnds: "Session ends",
    noSessions: "No sessions",
    endSession: "End",
    endSessionTitle: (name: string) => `End this session of ${name}?`,
    endSessionText: "That browser is logged out at once.",
    endOwnText: "This is your own session: you are logged out here at once.",
    sessionEnded: (name: string) => `A session of ${name} has ended`,
    sessionNotEnded: (name: string) => `The session of ${name} goes on`,
  },

  totp: {
    title: "Second factor",
    lead: "A code from an app on your phone, asked for beside your password.",
    switchOn: "Switch on",
    switchOff: "Switch off",
    switchOffTitle: "Switch your second factor off?",
    switchOffText: "Your password alone is then enough to log in as you. Recovery codes stop working.",
    switchedOff: "The second factor is off",
    notSwitchedOff: "The second factor is still on",
    notBegun: "The second factor was not switched on",
    scan: "Scan this with your authenticator app, then type the code that it shows.",
    qrAlt: "QR code of the secret; the same secret stands below as text",
    orType: "Or type this secret into the app:",
    code: "Code",
    confirm: "Confirm",
    wrongCode: "This code was not accepted",
    recoveryTitle: "Your recovery codes",
    recoveryText:
      "Each works once, when your phone is not at hand. Keep them apart from it. They are not shown again.",
  },
};

export type Catalogue = typeof t;
