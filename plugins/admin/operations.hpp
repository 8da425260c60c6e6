// The operations of this plugin.
#pragma once

#include "accounts.hpp"
#include "audit_log.hpp"
#include "feed.hpp"
#include "gatetorio/operations.hpp"
#include "jobs.hpp"
#include "list_export.hpp"
#include "overview.hpp"

namespace gatetorio::admin {

void declare_accounts(OperationSet<Accounts>& operations);
void declare_views(OperationSet<Accounts>& operations, Overview& overview, AuditLog& audit, Feed& feed);
void declare_jobs(OperationSet<Accounts>& operations, Jobs& jobs);
void declare_export(OperationSet<Accounts>& operations, ListExport& lists);

}  // namespace gatetorio::admin
