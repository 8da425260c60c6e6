/* Events: what happened, told to whoever listens. In memory and at most once; what must not be lost goes through
 * storage. A publisher never waits: each subscription has a bounded queue and says what happens when it is full. */
#ifndef GATETORIO_ABI_EVENT_H
#define GATETORIO_ABI_EVENT_H

#include "base.h"

#define GTR_EVENTS_ID "gatetorio.host.events/1"

enum {
  GTR_WHEN_FULL_DROP_OLDEST = 0,
  GTR_WHEN_FULL_DETACH = 1, /* end the subscription: a gap would be worse than silence */
  GTR_COALESCE_BY_KEY = 2   /* of several waiting events with one key keep the last, for who looks up the state; drop
                               the oldest when full */
};

typedef struct gtr_event {
  uint32_t size;
  gtr_bytes topic;   /* "device.registered" */
  gtr_bytes key;     /* order is kept for events of one publisher and key */
  gtr_bytes payload; /* a JSON object; docs/reference/events.md */
  uint64_t lost; /* events that this subscription dropped so far; one that a newer one with its key replaced is not */
  /* Since 1.2 */
  uint64_t sequence; /* grows from event to event over all topics: tells the order of events of two subscriptions */
} gtr_event;

/* On the subscriber's executor, one event at a time. A `topic` of size 0 says that the subscription was detached. */
typedef void (*gtr_event_fn)(void* context, const gtr_event* event);

typedef struct gtr_subscription {
  uint32_t size;
  gtr_bytes topic;   /* exact */
  uint32_t policy;   /* one of the values above */
  uint32_t capacity; /* events that may wait, 1 to 1,000,000 */
  gtr_event_fn handler;
  void* context;
  /* Since 1.3. Bytes of topic, key and payload that may wait; over it the same happens as over `capacity`, but one
   * event may always wait. 0: 64 MiB. */
  uint64_t max_bytes;
} gtr_subscription;

typedef struct gtr_events {
  uint32_t size;
  void (*publish)(gtr_host* host, gtr_bytes topic, gtr_bytes key, gtr_bytes payload);
  /* Returns a number for `unsubscribe`, or 0 where the arguments are out of range. */
  uint64_t (*subscribe)(gtr_host* host, const gtr_subscription* subscription);
  /* Any thread. No handler of it begins after the call began. Returns when a handler that was running has ended, so
   * that its context can be freed; but at once, while that handler still runs, where waiting would be for ever:
   *  - called by that handler itself;
   *  - called by a handler for whose end that one waits in an `unsubscribe` of its own, or waits through others that
   *    wait so. Of two handlers that unsubscribe each other one returns at once, and the other when the first ended.
   * A plugin whose handlers can do so keeps what they use until both have ended, best until its `stop`.
   * A handler must not wait in any other way for the end of another. A number that is not known, or no longer, is
   * no error and nothing to wait for. */
  void (*unsubscribe)(gtr_host* host, uint64_t subscription);
} gtr_events;

#endif
