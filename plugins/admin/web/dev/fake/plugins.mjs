// What the fake hub says of its plugins.
const option = (name, value, source, help, is_secret = false) => ({
  name,
  value,
  source: source ?? "default",
  is_default: !source,
  is_secret,
  help,
});

function plugin(id, summary, provides, requires, configuration) {
  return { id, version: "1.0.0", summary, state: "ready", enabled: true, provides, requires, configuration };
}

export const plugins = [
  plugin(
    "storage-sqlite",
    "Keeps everything in one SQLite file.",
    ["gatetorio.sql/1"],
    [],
    [
      option("path", "hub.db", null, "The database file, below data_dir."),
      option(
        "audit_keep_days",
        400,
        "config/hub.toml:31",
        "An entry of the audit log is deleted when it is so old; 0: never.",
      ),
    ],
  ),
  plugin(
    "transport-http",
    "Serves the API over HTTP and HTTPS.",
    ["gatetorio.http/1"],
    [],
    [
      option("listen", "127.0.0.1:8080", "config/hub.toml:9", "Address and port."),
      option("rate_limit", true, null, "Limits requests of each address."),
      option("tls_key", null, "GATETORIO_TLS_KEY", "The private key.", true),
    ],
  ),
  plugin(
    "transport-mqtt",
    "Runs the broker and speaks with devices.",
    ["gatetorio.device-link/1"],
    ["gatetorio.credentials/1"],
    [option("broker", "managed", "config/hub.toml:14", "managed or external.")],
  ),
  plugin(
    "registration",
    "Knows the devices.",
    ["gatetorio.devices/1", "gatetorio.credentials/1"],
    ["gatetorio.sql/1"],
    [option("enrolment", "approval", "--set", "open, key or approval.")],
  ),
  plugin(
    "auth",
    "Knows who may do what.",
    ["gatetorio.access/1"],
    ["gatetorio.sql/1", "gatetorio.devices/1"],
    [],
  ),
  plugin(
    "commands",
    "Sends commands and follows them.",
    [],
    ["gatetorio.sql/1", "gatetorio.device-link/1"],
    [option("ttl_seconds", 10, null, "Default time to live of a command, 1 to 300.")],
  ),
  plugin("sharing", "Gives access by tokens.", [], ["gatetorio.grants/1"], []),
  { ...plugin("file-transfer", "Moves files.", [], ["gatetorio.sql/1"], []), state: "failed" },
];

export const states = Object.fromEntries(plugins.map(({ id, state }) => [id, state]));
