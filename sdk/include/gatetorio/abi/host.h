/* The way to everything that the hub offers: tables of functions, one a capability, fetched by id. */
#ifndef GATETORIO_ABI_HOST_H
#define GATETORIO_ABI_HOST_H

#include "base.h"

/* Returns the table with this id ("gatetorio.host.log/1"), or NULL where this hub has none. Tables live as long as the
 * process. The hub passes this function inside gtr_host, whose first member it is. */
struct gtr_host {
  uint32_t size;
  const void* (*get_interface)(gtr_host* host, const char* id);
};

#endif
