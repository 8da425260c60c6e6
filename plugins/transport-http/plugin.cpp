// transport-http: offers every declared operation over HTTP/1.1.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <gatetorio/http_endpoint.hpp>
#include <gatetorio/plugin.hpp>
#include <gatetorio/services.hpp>
#include <gatetorio/tls_check.hpp>
#include <optional>

#include "api.hpp"
#include "gateway.hpp"
#include "options.hpp"
#include "published_metrics.hpp"
#include "server.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::chrono::seconds kDrainBound{5};
// A hub that has just ended may still be closing its port.
constexpr std::chrono::milliseconds kPortPatience{5000}, kPortPause{250}, kPortAgain{2000};
constexpr rlim_t kDescriptorsForOthers = 512;  // storage, broker, files

// Accepting more than there are descriptors for would starve the rest of the hub.
std::uint32_t within_descriptors(std::uint32_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return connections;
  const rlim_t free =
      limit.rlim_cur > 2 * kDescriptorsForOthers ? limit.rlim_cur - kDescriptorsForOthers : limit.rlim_cur / 2;
  return static_cast<std::uint32_t>(std::min<rlim_t>(connections, free));
}

// "https://[2001:db8::1]:8443/hub" -> "2001:db8::1"
std::string host_of_url(const std::string& url) {
  std::string host = url.substr(url.find("//") + 2);
  host = host.substr(0, host.find('/'));
  const auto bracket = host.find(']');
  if (host.starts_with('[') && bracket != std::string::npos) return host.substr(1, bracket - 1);
  return host.substr(0, host.rfind(':'));
}

}  // namespace

class HttpTransport : public PluginBase {
 public:
  using Settings = Options;
  static const Manifest kManifest;
  static const OptionTable<Options>& options() { return option_table(); }

  HttpTransport(Host& host, Options options)
      : host_(host), settings_(settings_from(options)), gateway_(host), endpoint_(host, this) {}

  void configure() {
    endpoint_.on<HttpEndpoint::Endpoint>(&HttpTransport::endpoint);
    endpoint_.provide(HttpEndpoint::kId);
    declare_check(host_, this, kManifest.id, &HttpTransport::check);
  }
  void check(Checkup& checkup) const;

  Task<Result<void>> start();
  Task<Result<void>> drain();
  Task<Result<void>> stop();

 private:
  Task<Result<HttpAddress>> endpoint(HttpEndpointQuery query);
  void tell_of_certificate(const TlsFiles::State& state);
  void began_listening();
  void go_on_trying(const std::string& why);

  Host& host_;
  transport_http::Settings settings_;
  Gateway gateway_;
  ServiceProvider<HttpTransport> endpoint_;
  std::optional<Api> api_;
  std::optional<Server> server_;
  std::optional<PublishedMetrics> metrics_;
  bool is_listening_ = false;  // of go_on_trying
};

const Manifest HttpTransport::kManifest = {.id = "transport-http",
                                           .version = "0.1.0",
                                           .summary = "Offers the hub's operations over HTTP/1.1 and HTTPS.",
                                           .provides = {"gatetorio.http/1"}};

void HttpTransport::check(Checkup& checkup) const {
  if (settings_.tls()) check_tls_files(checkup, TlsFiles(settings_.tls_certificate, settings_.tls_key));
  checkup.listens("listen", settings_.listen.host, settings_.listen.port);
  if (checkup.is_of_machine() && !settings_.public_url.empty()) {
    checkup.resolves("public_url", host_of_url(settings_.public_url));
  }
}

// The machine's own name where the server listens on every address.
Task<Result<HttpAddress>> HttpTransport::endpoint(HttpEndpointQuery) {
  if (!settings_.public_url.empty()) co_return HttpAddress{settings_.public_url + std::string(kBasePath)};
  ListenAddress address = settings_.listen;
  char name[256] = {};
  const bool is_any = address.host == "0.0.0.0" || address.host == "::";
  if (is_any && ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0') address.host = name;
  co_return HttpAddress{(settings_.tls() ? "https://" : "http://") + address.text() + std::string(kBasePath)};
}

Task<Result<void>> HttpTransport::start() {
  auto ask = [this](gtr_completion done) { host_.inspect().report(host_.raw(), to_bytes("operations"), done); };
  const std::string operations = co_await ok(host_.complete(ask));

  const auto asked = settings_.max_connections;
  settings_.max_connections = within_descriptors(asked);
  if (settings_.max_connections < asked) {
    host_.warn("max_connections is lowered to what the limit on open files allows",
               {{"allowed", std::to_string(settings_.max_connections)}});
  }
  api_.emplace(settings_, gateway_);
  gateway_.answer_through(*api_);
  auto wrong =
      api_->set_operations(operations, host_.setting("version"), [this](std::string_view id, std::string_view why) {
        host_.error("an operation is not offered over HTTP", {{"operation", id}, {"why", why}});
      });
  if (!wrong.empty()) co_return Error{.status = Status::kInvalid, .detail = std::move(wrong)};

  server_.emplace(settings_, *api_);
  metrics_.emplace(host_, server_->counters());
  server_->on_fault([this](std::string_view what) {
    host_.error("an exception ended a connection", {{"exception", what}});
  });
  server_->on_complaint([this](std::string_view reason, std::string_view who) {
    host_.warn("a client is refused so that others are served", {{"reason", reason}, {"client", who}});
  });
  server_->on_tick([this] {
    metrics_->publish();
    if (const auto renewed = server_->reload_certificate()) tell_of_certificate(*renewed);
  });
  gateway_.before_metrics([this] { metrics_->publish(); });
  const std::vector<StaticPages> pages = co_await ok(contributions<StaticPages>(host_));
  for (const StaticPages& entry : pages) {
    const std::string why = api_->add_pages(entry, host_.setting("pages_dir"));
    if (!why.empty()) host_.error("pages are not served", {{"path", entry.path}, {"why", why}});
  }
  wrong = server_->start();
  for (auto left = kPortPatience; server_->is_address_taken() && left.count() > 0; left -= kPortPause) {
    const bool is_running = co_await host_.sleep(static_cast<std::uint64_t>(kPortPause.count()));
    if (!is_running) co_return Error{.status = Status::kCancelled, .detail = "the hub was told to stop"};
    wrong = server_->start();
  }
  if (server_->is_address_taken()) {
    go_on_trying(wrong);
    co_return Result<void>();
  }
  if (!wrong.empty()) co_return Error{.status = Status::kUnavailable, .detail = std::move(wrong)};
  began_listening();
  co_return Result<void>();
}

void HttpTransport::began_listening() {
  if (settings_.tls()) tell_of_certificate({{}, server_->certificate_ends()});
  settings_.listen.port = server_->port();
  host_.announce("http", settings_.listen.text());
}

// The others start meanwhile: devices need no HTTP. Where there are no others the hub ends.
void HttpTransport::go_on_trying(const std::string& why) {
  host_.set_fact("http_listening", false);
  host_.error("there is no HTTP yet; tried again until the address is free",
              {{"why", why}, {"mend", "gatetorio-hub doctor tells who has it; stop that, or set listen"}});
  const auto attempt = [this] {
    if (is_listening_ || !server_->start().empty()) return;
    is_listening_ = true;
    began_listening();
    host_.set_fact("http_listening", true);
    host_.info("listening on HTTP now", {{"at", settings_.listen.text()}});
  };
  host_.every(kPortAgain, attempt, {.what = "the attempt to listen on HTTP"});
}

void HttpTransport::tell_of_certificate(const TlsFiles::State& state) {
  host_.set_fact("http_certificate_usable", state.wrong.empty());
  if (state.wrong.empty()) return metrics_->set_certificate_end(state.expires_at);
  host_.error("a renewed certificate is not used", {{"why", state.wrong}});
}

Task<Result<void>> HttpTransport::drain() {
  if (!server_) co_return Result<void>();
  auto begin = [this](gtr_completion done) {
    server_->drain(kDrainBound, [done] { done.done(done.context, GTR_OK, {nullptr, 0}); });
  };
  co_await ok(host_.complete(begin));
  co_return Result<void>();
}

Task<Result<void>> HttpTransport::stop() {
  if (server_) server_->stop();
  co_return Result<void>();
}

}  // namespace gatetorio::transport_http

using gatetorio::transport_http::HttpTransport;
GATETORIO_PLUGIN(HttpTransport)
