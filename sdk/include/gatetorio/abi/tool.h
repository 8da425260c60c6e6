/* Tools: commands of the operator that a plugin brings to the command line, `gatetorio-hub migrate --dry-run`.
 *
 * The hub loads and configures every plugin of the configuration as for `check`, but starts only what the tool needs,
 * runs it, stops, and ends with its outcome. No other plugin serves meanwhile: a tool is not a way into a hub that
 * runs.
 */
#ifndef GATETORIO_ABI_TOOL_H
#define GATETORIO_ABI_TOOL_H

#include "base.h"

#define GTR_TOOLS_ID "gatetorio.host.tools/1"

/* Runs the tool, on the plugin's executor. `arguments` is a JSON object with every declared argument, valid during the
 * call. Completes exactly once: GTR_OK ends the program with 0, an error (whose detail is printed) with 1. */
typedef void (*gtr_tool_fn)(void* context, gtr_bytes arguments, gtr_completion done);

typedef struct gtr_tools {
  uint32_t size;
  /* Called in `configure`. The declaration is JSON:
   *   {"name": "storage copy", "help": "...", "starts": true, "exclusive": true, "arguments": [...]}
   * name       one to three words of lower-case letters, digits and dashes; the program's own commands are taken
   * help       one sentence
   * starts     false: the plugin is only configured when the tool runs. Default true: it and, before it, the providers
   * of what it requires are started exclusive  true: nothing runs beside it on the same data_dir, neither a hub nor
   * another such tool. Always so for a tool that starts plugins; default false for the others, which must be made for a
   * hub that runs arguments  in the form of a plugin's options (abi/plugin.h); "dry_run" is written --dry-run. No
   * secrets or tables GTR_INVALID for another form (the log says why), GTR_CONFLICT for a name that is taken. */
  gtr_status (*declare)(gtr_host* host, gtr_bytes declaration, gtr_tool_fn run, void* context);
  /* Prints one line on stdout, for people. Only while a tool of this plugin runs; from any thread. */
  void (*print)(gtr_host* host, gtr_bytes line);
} gtr_tools;

#endif
