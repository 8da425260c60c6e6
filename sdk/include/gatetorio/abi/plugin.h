/* What a plugin shows the hub: one exported function that returns one descriptor.
 *
 * Life has one path: loaded -> configured -> started -> draining -> stopped -> destroyed. The hub calls each hook once
 * and in this order; a failure at any step leads to `stop` (if `configure` had succeeded) and `destroy`. A library is
 * never unmapped.
 *
 * Hooks run on the plugin's executor (executor.h), never two at once. `configure` does no I/O: it reads its options,
 * declares operations, provides services and subscribes to events, so that a configuration can be checked without
 * starting anything.
 */
#ifndef GATETORIO_ABI_PLUGIN_H
#define GATETORIO_ABI_PLUGIN_H

#include "base.h"

/* Where the hub runs the plugin's code. */
enum {
  GTR_AFFINITY_LANE = 0, /* one task at a time: no locks needed. The default choice. */
  GTR_AFFINITY_ANY = 1   /* any worker thread, several at once: the plugin guards its own state */
};

typedef struct gtr_plugin {
  uint32_t size;
  uint16_t abi_major; /* GTR_ABI_MAJOR and _MINOR of the headers that it was built with */
  uint16_t abi_minor;
  const char* id;      /* "storage-sqlite": lower-case letters, digits and dashes; names the TOML table */
  const char* version; /* semantic version of the plugin */
  const char* summary; /* one line, for people */
  uint32_t affinity;

  /* NULL-terminated lists of service ids ("gatetorio.sql/1"). The hub starts providers before those that require
   * them, and refuses a plugin whose requirement nobody provides. */
  const char* const* provides;
  const char* const* requires_; /* the underscore keeps C++20 happy */

  /* JSON array that declares the options: [{"name", "type", "default", "min", "max", "unit", "choices", "secret",
   * "required", "help"}]; see docs/plugin-guide/options.md. */
  const char* options;

  /* Makes an instance. `*instance` is handed to every later hook. Returns GTR_OK or an error. */
  gtr_status (*create)(gtr_host* host, void** instance);
  /* `options` is a JSON object with every declared option: validated, defaults filled in, secrets resolved. On error
   * calls `problem` once, before it returns, with what is wrong; a pointer "/listen" there names the option. */
  gtr_status (*configure)(void* instance, gtr_bytes options, gtr_completion problem);
  /* Opens what it needs; completes when the plugin is ready to serve. */
  void (*start)(void* instance, gtr_completion done);
  /* Takes no new work and finishes what it has. Its services still answer. */
  void (*drain)(void* instance, gtr_completion done);
  /* Ends all its threads, timers and calls. After `done` the plugin must not call the host again. */
  void (*stop)(void* instance, gtr_completion done);
  void (*destroy)(void* instance);
} gtr_plugin;

/* Exported by every plugin as `gtr_plugin_entry`. The descriptor must live as long as the process. Returns NULL where
 * the plugin cannot run under this host. */
#define GTR_PLUGIN_ENTRY "gtr_plugin_entry"
typedef const gtr_plugin* (*gtr_plugin_entry_fn)(uint32_t host_abi_major, uint32_t host_abi_minor);

#endif
