/* Contributions: what one plugin adds to a part of another, without either knowing the other. Whoever owns the part
 * names a point ("http.pages") and says in its documentation what an entry there holds; anybody may add entries. */
#ifndef GATETORIO_ABI_CONTRIBUTION_H
#define GATETORIO_ABI_CONTRIBUTION_H

#include "base.h"

#define GTR_CONTRIBUTIONS_ID "gatetorio.host.contributions/1"

/* Since 1.4 */
typedef struct gtr_contributions {
  uint32_t size;
  /* In `configure`. `point`: lower-case words with dots between; `entry`: a JSON object. Copied. GTR_INVALID for
   * another form, GTR_CONFLICT once the plugin is started. Read by the report "contributions" of inspect.h. */
  gtr_status (*add)(gtr_host* host, gtr_bytes point, gtr_bytes entry);
} gtr_contributions;

#endif
