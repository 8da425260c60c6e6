/* Services: a versioned interface by id, provided by one plugin and called by others with bytes.
 *
 * A service id is "name/major". Methods are numbers; requests and replies are byte strings in the encoding that the
 * interface documents (the SDK's own interfaces use the encoding of wire.hpp). Several plugins may provide one id under
 * different selectors; callers then ask for the selector that they need.
 */
#ifndef GATETORIO_ABI_SERVICE_H
#define GATETORIO_ABI_SERVICE_H

#include "base.h"

#define GTR_SERVICES_ID "gatetorio.host.services/1"

typedef struct gtr_service gtr_service;

/* A request for the provider, on the provider's executor. `body` stays valid until `complete`. */
typedef void (*gtr_service_fn)(void* context, gtr_call call, uint32_t method, gtr_bytes body);

typedef struct gtr_services {
  uint32_t size;
  /* Called in `configure`. The id must be in the descriptor's `provides`. GTR_CONFLICT where another plugin has
   * provided the same id and selector. */
  gtr_status (*provide)(gtr_host* host, gtr_bytes id, gtr_bytes selector, gtr_service_fn handler, void* context);
  /* The service, for as long as the process lives, or NULL. Look it up once, in `start`. */
  gtr_service* (*find)(gtr_host* host, gtr_bytes id, gtr_bytes selector);
  /* Sends a request. Completes on an unspecified thread: with GTR_UNAVAILABLE where the provider is not running,
   * GTR_TIMEOUT after `deadline_ms` milliseconds (0: 30,000), GTR_CANCELLED after `cancel` or at shutdown. */
  gtr_call (*call)(gtr_host* host, gtr_service* service, uint32_t method, gtr_bytes body, uint32_t deadline_ms,
                   gtr_completion done);
  void (*cancel)(gtr_host* host, gtr_call call);
  /* The provider's answer. One that comes late or twice is counted and ignored. */
  void (*complete)(gtr_host* host, gtr_call call, gtr_status status, gtr_bytes result);
  /* Since 1.2. `complete` for an answer whose `result` hands over file descriptors, listed here too. They are no longer
   * the provider's: whoever asked has them, and of an answer that comes late or twice the hub closes them. */
  void (*complete_with)(gtr_host* host, gtr_call call, gtr_status status, gtr_bytes result, const int32_t* descriptors,
                        uint32_t count);
} gtr_services;

#endif
