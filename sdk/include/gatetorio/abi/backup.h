/* Backup: what a plugin keeps outside the SQL storage is a part of the backups that the storage's tool makes.
 *
 * A backup is a folder with a sub-folder for each plugin, <folder>/<plugin id>. The storage plugin writes the state of
 * the database; the others take their parts before and after that, so that whatever the database speaks of is there.
 */
#ifndef GATETORIO_ABI_BACKUP_H
#define GATETORIO_ABI_BACKUP_H

#include "base.h"

#define GTR_BACKUP_ID "gatetorio.host.backup/1"

enum {
  GTR_BACKUP_BEFORE = 0, /* copy into the folder; the state of the database is taken afterwards. A hub may run beside */
  GTR_BACKUP_AFTER = 1,  /* copy what the folder lacks; the state of the database was taken. Durable at the end */
  GTR_BACKUP_RESTORE = 2 /* bring back from the folder what is missing; no hub runs. The database is replaced
                            afterwards: until then the old one is in force, so nothing that it speaks of may go */
};

/* Does one of the steps, on the plugin's executor. The plugin is configured, not started: no services, no storage.
 * `folder` is this plugin's own inside the backup and valid during the call; to be made by the plugin (mode 0700) where
 * it has something to keep. Completes once; an error ends the backup or the restore, and its detail is shown. */
typedef void (*gtr_backup_fn)(void* context, uint32_t step, gtr_bytes folder, gtr_completion done);

typedef struct gtr_backup {
  uint32_t size;
  /* In `configure`: this plugin has a part. GTR_CONFLICT where it has one already. */
  gtr_status (*declare)(gtr_host* host, gtr_backup_fn part, void* context);
  /* For the storage's tools: has all parts do a step, one after the other; completes with the first error. In
   * GTR_BACKUP_RESTORE also GTR_INVALID where the folder holds the part of a plugin that the configuration does not
   * name. */
  void (*run)(gtr_host* host, uint32_t step, gtr_bytes folder, gtr_completion done);
} gtr_backup;

#endif
