/* What the hub knows of itself, for transports and admin pages; and what a plugin says about its own health. */
#ifndef GATETORIO_ABI_INSPECT_H
#define GATETORIO_ABI_INSPECT_H

#include "base.h"

#define GTR_INSPECT_ID "gatetorio.host.inspect/1"

typedef struct gtr_inspect {
  uint32_t size;
  /* Completes with a report:
   *   "operations"  JSON array of declarations, each with "number" and "plugin"
   *   "health"      JSON {"status", "healthy", "ready", "version", "facts": {name: bool}, "plugins": {id: state}}
   *   "plugins"     JSON array of {"id", "version", "summary", "state", "detail"}; since 1.4 also "provides",
   *                 "requires" (lists of service ids) and "configuration": each option with "name", "value" (null for
   *                 a secret), "source" ("hub.toml:12", "--set"; empty: the default), "is_secret" and "help"
   *   "installed"   since 1.4: JSON array of {"id", "enabled"}: every plugin that is there, and whether it runs from
   * the hub's next start on "metrics"     Prometheus text format 0.0.4 "contributions"  since 1.4: JSON {point: [entry,
   * ...]}, each with the "plugin" that added it (contribution.h) GTR_NOT_FOUND for another name. */
  void (*report)(gtr_host* host, gtr_bytes name, gtr_completion done);
  /* States a fact about health ("database_connected"). A false fact makes the hub unhealthy. */
  void (*set_fact)(gtr_host* host, gtr_bytes name, uint32_t value);
  /* A word for the line that the hub prints when it is ready ("http" = "127.0.0.1:8080"). Call it in `start`. */
  void (*announce)(gtr_host* host, gtr_bytes name, gtr_bytes value);
  /* Where things are: "data_dir" (this plugin may write below data_dir/<plugin id>/), "migrations_dir" (colon-separated
   * search path), since 1.4 "pages_dir" (the same), "plugin_dir", "version"; since 1.4 and from `start` on "hub_id": 16
   * hexadecimal digits that tell this hub from others on the same storage, the same after each restart (empty in a
   * command). Empty for another name. Valid as long as the process. */
  gtr_bytes (*setting)(gtr_host* host, gtr_bytes name);
  /* Since 1.4. Switches a plugin on (not 0) or off from the hub's next start on, beside what the configuration says.
   * Errors: GTR_NOT_FOUND, GTR_CONFLICT where others require it, GTR_UNAVAILABLE, GTR_FULL where it cannot be kept. */
  void (*choose_plugin)(gtr_host* host, gtr_bytes id, uint32_t is_enabled, gtr_completion done);
} gtr_inspect;

#endif
