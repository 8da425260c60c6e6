// Auth: users, what they may do, and the decisions that the rest of the hub asks for.
#include "gatetorio/plugin.hpp"

#include "access.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/retention.hpp"
#include "gatetorio/services.hpp"
#include "grant_keeper.hpp"
#include "operations.hpp"
#include "service.hpp"

namespace gatetorio::auth {

class Auth : public PluginBase {
 public:
  using Settings = auth::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  Auth(Host& host, Settings settings)
      : host_(host),
        settings_(settings),
        database_(host, kManifest.id),
        devices_(host, DeviceRegistry::kId),
        own_access_(host, AccessControl::kId),
        repository_(database_),
        service_(host, repository_, devices_, settings_),
        sites_(host, database_, devices_, own_access_),
        decisions_(host, repository_, devices_),
        keeper_(host, repository_),
        explainer_(host, repository_),
        operations_(host, &service_),
        site_operations_(host, &sites_),
        explainer_operations_(host, &explainer_),
        access_(host, &decisions_),
        site_kind_(host, &sites_),
        site_devices_(host, &sites_),
        grants_(host, &keeper_),
        authenticator_(host, &service_),
        retention_(host, database_, settings_.retention_grace_minutes) {
    retention_.add({.what = "mqtt_credentials",
                    .table = "mqtt_credentials",
                    .key = "user_id, password_hash",
                    .time = "expires_at",
                    .keep_days = settings_.ended_keep_days});
    retention_.add({.what = "grants",
                    .table = "grants",
                    .key = "device_id, user_id, source",
                    .time = "expires_at",
                    .keep_days = settings_.ended_keep_days});
  }

  void configure() {
    declare(operations_);
    declare(site_operations_);
    declare(explainer_operations_);
    access_.on<AccessControl::Check>(&AccessDecisions::check).on<AccessControl::List>(&AccessDecisions::list);
    access_.provide(AccessControl::kId);
    site_kind_.on<ResourceKind::Find>(&Sites::access_to).provide(ResourceKind::kId, "site");
    site_devices_.on<SiteRegistry::Devices>(&Sites::device_ids).provide(SiteRegistry::kId);
    grants_.on<GrantStore::Give>(&GrantKeeper::give).on<GrantStore::Take>(&GrantKeeper::take);
    grants_.on<GrantStore::Check>(&GrantKeeper::check).on<GrantStore::Find>(&GrantKeeper::find);
    grants_.on<GrantStore::Use>(&GrantKeeper::use).on<GrantStore::GiveBack>(&GrantKeeper::give_back);
    grants_.provide(GrantStore::kId);
    authenticator_.on<Authenticator::Authenticate>(&Service::authenticate).on<FindPasswords>(&Service::find_passwords);
    authenticator_.provide(Authenticator::kId, "bearer:");
    authenticator_.provide(Authenticator::kId, "password:user-");
    subscriptions_.push_back(Subscription::to<DeviceDeleted>(
        host_, WhenFull::kDropOldest, 10'000, [this](const DeviceDeleted& event) { service_.device_deleted(event); },
        [this] { service_.deletions_missed(); }));
  }

  Task<Result<void>> start() {
    co_await ok(database_.migrate());
    host_.every(Service::kFlush, [this] { return service_.flush_seen(); }, {.what = "when users were last seen"});
    host_.every(std::chrono::seconds(1), [this] { return service_.tell_of_ended(); });
    host_.every(std::chrono::seconds(1), [this] { return keeper_.tell_of_changes(); });
    retention_.begin();
    service_.deletions_missed();  // a hub that was killed has not told of everything
    co_return Result<void>();
  }

  Task<Result<void>> drain() {
    const Result<void> flushed = co_await service_.flush_seen();
    static_cast<void>(flushed);
    co_return Result<void>();
  }

 private:
  Host& host_;
  const Settings settings_;
  Database database_;
  ServiceClient devices_;
  ServiceClient own_access_;
  Repository repository_;
  Service service_;
  Sites sites_;
  AccessDecisions decisions_;
  GrantKeeper keeper_;
  Explainer explainer_;
  OperationSet<Service> operations_;
  OperationSet<Sites> site_operations_;
  OperationSet<Explainer> explainer_operations_;
  ServiceProvider<AccessDecisions> access_;
  ServiceProvider<Sites> site_kind_, site_devices_;
  ServiceProvider<GrantKeeper> grants_;
  ServiceProvider<Service> authenticator_;
  Retention retention_;
  std::vector<Subscription> subscriptions_;
};

const Manifest Auth::kManifest{.id = "auth",
                               .version = "1.0.0",
                               .summary = "Users and their access to devices.",
                               .affinity = Affinity::kAnyThread,
                               .provides = {"gatetorio.access/1", "gatetorio.authenticator/1", "gatetorio.grants/1",
                                            "gatetorio.resource-kind/1", "gatetorio.sites/1"},
                               .requires_ = {"gatetorio.sql/1", "gatetorio.devices/1"}};

const OptionTable<Settings>& Auth::options() {
  static const OptionTable<Settings> table = {
      option("mqtt_credentials_hours", &Settings::mqtt_credentials_hours,
             "How long a broker password that an app fetched lets it connect.")
          .unit("hours")
          .range(1, 8'760),
      option("ended_keep_days", &Settings::ended_keep_days,
             "Access to a device and broker passwords are forgotten so long after their end; 0: never.")
          .unit("days")
          .range(0, 36'500),
      retention_grace_minutes<Settings>()};
  return table;
}

}  // namespace gatetorio::auth

GATETORIO_PLUGIN(gatetorio::auth::Auth)
