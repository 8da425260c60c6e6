// Sharing: an owner hands temporary access to somebody, by link, QR code or typed token.
#include "gatetorio/plugin.hpp"

#include "gatetorio/contributions.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/retention.hpp"
#include "operations.hpp"
#include "service.hpp"

namespace gatetorio::sharing {

namespace {

constexpr std::string_view kPath = "/sharing";
constexpr std::string_view kGuestPath = "/share";
// Nothing from elsewhere, no inline script or style, in no frame.
constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Without what would end it or hide the token from the app; a slash at the end is ours to add.
Settings checked(Settings settings) {
  std::string& url = settings.public_url;
  if (!url.empty() && (url.find("://") == std::string::npos || url.find_first_of("?# \"<>") != std::string::npos)) {
    throw OptionError("public_url", "expected a URL like https://hub.example.org, without ? and #");
  }
  while (url.ends_with('/')) url.pop_back();
  return settings;
}

}  // namespace

class Sharing : public PluginBase {
 public:
  using Settings = sharing::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  Sharing(Host& host, Settings settings)
      : host_(host),
        settings_(checked(std::move(settings))),
        database_(host, kManifest.id),
        devices_(host, DeviceRegistry::kId),
        jobs_(host, database_, kManifest.id),
        repository_(database_, jobs_),
        service_(host, jobs_, repository_, devices_, settings_),
        operations_(host, &service_),
        retention_(host, database_, settings_.retention_grace_minutes) {
    // One that gave access stays as long as that: it can be taken back by the token, and a claim is finished by it.
    retention_.add(
        {.what = "sharing_tokens",
         .table = "sharing_tokens",
         .key = "id",
         .time = "expires_at",
         .also = "claimed_at IS NULL OR is_access_taken <> 0 OR (used_by IS NOT NULL AND access_expires_at <= $1)",
         .children = {"DELETE FROM sharing_secrets WHERE token_id IN ({rows})"},
         .keep_days = settings_.tokens_keep_days});
  }

  void configure() {
    declare(operations_);
    if (settings_.page) {
      contribute(host_, StaticPages{.path = std::string(kPath),
                                    .folder = "sharing",
                                    .content_policy = std::string(kContentPolicy),
                                    .is_home = false});
      contribute(host_, MenuEntry{.title = "Sharing tokens", .path = std::string(kPath)});
    }
    if (settings_.guest_page) {
      contribute(host_, StaticPages{.path = std::string(kGuestPath),
                                    .folder = "share",
                                    .content_policy = std::string(kContentPolicy),
                                    .is_home = false});
    }
    subscriptions_.push_back(Subscription::to<DeviceDeleted>(
        host_, WhenFull::kDropOldest, 10'000, [this](const DeviceDeleted& event) { service_.device_deleted(event); },
        [this] { service_.deletions_missed(); }));
  }

  Task<Result<void>> start() {
    co_await ok(database_.migrate());
    co_await ok(repository_.finish_claims());
    jobs_.begin();
    retention_.begin();
    service_.deletions_missed();  // a hub that was killed has not told of everything
    co_return Result<void>();
  }

 private:
  Host& host_;
  const Settings settings_;
  Database database_;
  ServiceClient devices_;
  Jobs jobs_;
  Repository repository_;
  Service service_;
  OperationSet<Service> operations_;
  Retention retention_;
  std::vector<Subscription> subscriptions_;
};

const Manifest Sharing::kManifest{
    .id = "sharing",
    .version = "1.0.0",
    .summary = "Temporary access by link, QR code or typed token.",
    .affinity = Affinity::kAnyThread,
    .provides = {},
    .requires_ = {"gatetorio.sql/1", "gatetorio.devices/1", "gatetorio.access/1", "gatetorio.grants/1"}};

const OptionTable<Settings>& Sharing::options() {
  static const OptionTable<Settings> table = {
      option("public_url", &Settings::public_url,
             "What share_url begins with, as in \"https://hub.example.org\"; it continues with /share# and the token. "
             "Empty:"
             " gatetorio:/share#..., for an app that opens such links."),
      option("page", &Settings::page,
             "Serves the page at /sharing, with an entry in the admin's menu. false: the API alone."),
      option("guest_page", &Settings::guest_page,
             "Serves the page at /share that a shared link opens, for guests without an app. false: apps alone open "
             "links."),
      option("guesses_per_minute", &Settings::guesses_per_minute,
             "Wrong tokens that one user may try in a minute. Whoever is above is told to wait, with a right one too.")
          .range(1, 10'000),
      option("guesses_per_minute_address", &Settings::guesses_per_minute_address,
             "The same for one IPv4 address or IPv6 /64. People behind one address share it.")
          .range(1, 100'000),
      option("tokens_keep_days", &Settings::tokens_keep_days,
             "A sharing token is forgotten so long after its end and the end of the access it gave; 0: never.")
          .unit("days")
          .range(0, 36'500),
      retention_grace_minutes<Settings>()};
  return table;
}

}  // namespace gatetorio::sharing

GATETORIO_PLUGIN(gatetorio::sharing::Sharing)
